/** Whether a line is worth writing: how often it was held back since it was last written, or undefined to hold it back. */
export type Repetition = (line: string) => number | undefined;

const pauseMs = 60_000;
const mostLines = 1000;

/** Lets the same line through once a minute (reliability.md §4.5). `now` is in epoch ms; a clock set back lets it through. */
export function createRepetition(now: () => number): Repetition {
  const written = new Map<string, { at: number; heldBack: number }>();
  return (line) => {
    const at = now();
    const last = written.get(line);
    if (last !== undefined && at >= last.at && at - last.at < pauseMs) {
      last.heldBack++;
      return undefined;
    }
    // Out and in again: the map stays in the order of writing, and the oldest line is the one to forget.
    written.delete(line);
    written.set(line, { at, heldBack: 0 });
    for (const oldest of written.keys()) {
      if (written.size <= mostLines) break;
      written.delete(oldest);
    }
    return last?.heldBack ?? 0;
  };
}
