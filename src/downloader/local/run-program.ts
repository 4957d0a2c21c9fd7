import type { Wait } from "../../domain/wait.ts";

/** A program to run, and who reads what it writes. */
export interface ProgramRun {
  readonly command: string[];
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly onErrorLine: (line: string) => void;
  /** Asks it to end, and kills it a little later. */
  readonly signal: AbortSignal;
  readonly wait: Wait;
}

const KILL_AFTER_MS = 5_000;
/** Longer lines are cut: nobody needs to keep what a broken program writes. */
const LONGEST_LINE = 64 * 1024;

/**
 * Runs a program to its end; resolves with its exit code when its last lines have been read. Whatever it has started ends with it. Throws
 * if it cannot be started.
 */
export async function runProgram({ command, cwd, env, onLine, onErrorLine, signal, wait }: ProgramRun) {
  // In a process group of its own, so that what it starts (ffmpeg) can be killed with it.
  const child = Bun.spawn(command, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe", detached: true });
  const kill = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  let killing: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    kill("SIGTERM");
    killing = setTimeout(() => kill("SIGKILL"), KILL_AFTER_MS);
  };
  signal.addEventListener("abort", stop);
  const enough = new AbortController();
  const reading = Promise.all([
    eachLine(child.stdout, { take: onLine, enough: enough.signal }),
    eachLine(child.stderr, { take: onErrorLine, enough: enough.signal }),
  ]);
  const code = await child.exited;
  // Processes that it has left behind would keep the pipes open.
  kill("SIGKILL");
  // Including those that have left its group, for which nothing waits.
  void wait(KILL_AFTER_MS, enough.signal).then(() => enough.abort());
  await reading;
  enough.abort();
  clearTimeout(killing);
  signal.removeEventListener("abort", stop);
  return code;
}

/** Calls `take` with each complete line of a stream; resolves when the stream has ended, or no more is wanted. */
async function eachLine(
  stream: ReadableStream<Uint8Array>,
  { take, enough }: { readonly take: (line: string) => void; readonly enough: AbortSignal },
): Promise<void> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel();
  enough.addEventListener("abort", cancel);
  const decoder = new TextDecoder();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + decoder.decode(part.value, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) take(line);
  }
  enough.removeEventListener("abort", cancel);
  if (rest !== "") take(rest);
}
