import { closeSync, constants, openSync, readFileSync, readSync, statSync } from "node:fs";

/** How long a pipe may be silent, before and while it is read. */
export interface PipePatience {
  /** While no process has it open for writing. */
  readonly aloneMs: number;
  /** While some process has, which may be asking a person for a password. */
  readonly writingMs: number;
}

/** The `code` of the error about a pipe that has been silent for too long. */
export const SILENT_PIPE = "SILENT_PIPE";

/** Whether a read has ended this way. */
export function isSilentPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === SILENT_PIPE;
}

const PATIENCE: PipePatience = { aloneMs: 5_000, writingMs: 60_000 };
const LOOK_EVERY_MS = 20;
const PIECE = 64 * 1024;

/**
 * What each pipe has said, by its path and inode, or the error if it was silent. A pipe says it only once, and a config is read twice:
 * first of all for its language.
 */
const saidBefore = new Map<string, Buffer | Error>();

/**
 * Reads the whole of a file or of a pipe such as bash's `<(…)`. A pipe may be read more than once: if no process has it open for writing,
 * the result is what it said before. Throws what `readFileSync` throws. A pipe without a writer is neither empty nor at its end and would
 * block the process for ever: it is waited for once, and then the error has the `code` `SILENT_PIPE`.
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

/** Empty if no process has it open for writing; undefined if some process has but has not written yet. */
function nextPiece(pipe: number): Buffer | undefined {
  const piece = Buffer.alloc(PIECE);
  try {
    return piece.subarray(0, readSync(pipe, piece, 0, PIECE, null));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
}
