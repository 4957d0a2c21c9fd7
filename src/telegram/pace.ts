import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** A timer of more fires at once (runtime.md §6.1). */
const LONGEST_MS = 2 ** 31 - 1;

/** The real clock's `Wait`; it never waits longer than 24 days. */
export const wait: Wait = (ms, signal) => sleep(Math.min(ms, LONGEST_MS), undefined, { signal }).catch(() => undefined);

/** Calls `write` at most once per `everyMs`, telling it how many calls were held back since the last one. */
export function createQuiet(now: () => number, everyMs = 60_000): (write: (heldBack: number) => void) => void {
  let spokeAt = Number.NEGATIVE_INFINITY;
  let heldBack = 0;
  return (write) => {
    if (now() - spokeAt < everyMs) {
      heldBack += 1;
      return;
    }
    write(heldBack);
    spokeAt = now();
    heldBack = 0;
  };
}
