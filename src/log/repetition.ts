import { createThrottle } from "../domain/throttle.ts";

/** Returns how often the line was held back since it was last written; undefined if it is to be held back now. */
export type Repetition = (line: string) => number | undefined;

const PAUSE_MS = 60_000;

/** Lets the same line through once a minute (reliability.md §4.5). */
export function createRepetition(now: () => number): Repetition {
  const throttle = createThrottle<string>(PAUSE_MS, now);
  return (line) => throttle(line)?.heldBack;
}
