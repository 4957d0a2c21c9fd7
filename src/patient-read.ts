import { closeSync, constants, openSync, readFileSync, readSync, statSync } from "node:fs";

/** How long a pipe may say nothing, before and while it is read. */
export interface PipePatience {
  /** While nobody has it open for writing. */
  readonly aloneMs: number;
  /** While somebody has, who may be asking a person for a password. */
  readonly writingMs: number;
}

/** The `code` of the error about a pipe that has said nothing for too long. */
export const SILENT_PIPE = "SILENT_PIPE";

/** Whether a read has ended so. */
export function isSilentPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === SILENT_PIPE;
}

const PATIENCE: PipePatience = { aloneMs: 5_000, writingMs: 60_000 };
const LOOK_EVERY_MS = 20;
const PIECE = 64 * 1024;

/**
 * What pipes have said, by their place, or the error about one that was silent: each says it once, and a config is read for its
 * language before all else.
 */
const saidBefore = new Map<string, Buffer | Error>();

/**
 * The whole of a file, or of a pipe such as bash's `<(…)`, which may be read more than once: while nobody has it open for writing it
 * says what it said before. Throws as `readFileSync` does, and an error whose `code` is `SILENT_PIPE` where that would hold up the
 * process for ever: a pipe without a writer is neither empty nor at its end. That one is waited for once.
 */
export function readPatiently(path: string, patience: PipePatience = PATIENCE): Buffer {
  const found = statSync(path);
  if (!found.isFIFO()) return readFileSync(path);
  const name = `${path} ${found.dev} ${found.ino}`;
  const before = saidBefore.get(name);
  if (before instanceof Error) throw before;
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const content = readPipe(pipe, path, { ...patience, before });
    saidBefore.set(name, content);
    return content;
  } catch (error) {
    if (error instanceof Error && isSilentPipe(error)) saidBefore.set(name, error);
    throw error;
  } finally {
    closeSync(pipe);
  }
}

function readPipe(
  pipe: number,
  path: string,
  { aloneMs, writingMs, before }: PipePatience & { readonly before: Buffer | undefined },
): Buffer {
  const pieces: Buffer[] = [];
  let silentMs = 0;
  for (;;) {
    const piece = nextPiece(pipe);
    const isAlone = piece?.length === 0;
    if (isAlone && pieces.length > 0) return Buffer.concat(pieces);
    if (isAlone && before !== undefined) return before;
    if (piece !== undefined && !isAlone) {
      pieces.push(piece);
      silentMs = 0;
      continue;
    }
    if (silentMs >= (isAlone ? aloneMs : writingMs))
      throw Object.assign(new Error(`Nobody writes into the pipe ${path}`), { code: SILENT_PIPE });
    Bun.sleepSync(LOOK_EVERY_MS);
    silentMs += LOOK_EVERY_MS;
  }
}

/** Empty where nobody has it open for writing, undefined where somebody has and says nothing yet. */
function nextPiece(pipe: number): Buffer | undefined {
  const piece = Buffer.alloc(PIECE);
  try {
    return piece.subarray(0, readSync(pipe, piece, 0, PIECE, null));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
