import { nextAttemptAt } from "../domain/retry.ts";

/** What comes in the way of entries through no fault of theirs, and how long they wait then: ever longer. */
export interface Setbacks {
  /** The nth in a row for this id, and until when it waits, in epoch ms. */
  count(id: number): { readonly times: number; readonly until: number };
  /** It is out of the way. */
  forget(id: number): void;
}

const FIRST_MS = 60_000;
/** The longest that something waits. */
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
