import { nextAttemptAt } from "../../domain/retry.ts";

/** How long entries wait because of obstacles that are no fault of theirs: longer each time. */
export interface Backoffs {
  /** Counts an obstacle for this id; returns how many there were in a row, and until when it waits, in epoch ms. */
  count(id: number): { readonly times: number; readonly until: number };
  /** The obstacle is gone. */
  forget(id: number): void;
}

const FIRST_MS = 60_000;
/** The longest wait. */
export const LONGEST_BACKOFF_MS = 30 * 60_000;

/** In memory only: a restart is a reason to try everything again. */
export function createBackoffs({ now, random }: { now: () => number; random: () => number }): Backoffs {
  const counts = new Map<number, number>();
  return {
    count(id) {
      const times = (counts.get(id) ?? 0) + 1;
      counts.set(id, times);
      const until = nextAttemptAt({ attempts: times, now: now(), first: FIRST_MS, cap: LONGEST_BACKOFF_MS, random });
      return { times, until };
    },
    forget: (id) => void counts.delete(id),
  };
}
