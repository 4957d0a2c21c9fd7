import { nextAttemptAt } from "../domain/retry.ts";

/** Counts obstacles that are no fault of the entries, and says how long they wait: longer each time. */
export interface Setbacks {
  /** Counts one for this id: the how many-th in a row it is, and until when it waits, in epoch ms. */
  count(id: number): { readonly times: number; readonly until: number };
  /** The obstacle is gone. */
  forget(id: number): void;
}

const FIRST_MS = 60_000;
/** The longest wait. */
export const LONGEST_SETBACK_MS = 30 * 60_000;

/** Counts in memory: a restart is a reason to try everything again. */
export function createSetbacks({ now, random }: { now: () => number; random: () => number }): Setbacks {
  const counts = new Map<number, number>();
  return {
    count(id) {
      const times = (counts.get(id) ?? 0) + 1;
      counts.set(id, times);
      const until = nextAttemptAt({ attempts: times, now: now(), first: FIRST_MS, cap: LONGEST_SETBACK_MS, random });
      return { times, until };
    },
    forget: (id) => void counts.delete(id),
  };
}
