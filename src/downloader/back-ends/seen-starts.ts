import type { HandedEntry } from "../hand-overs.ts";

/** Tells the starts of a program from each other that does not tell them itself. */
export interface SeenStarts {
  /** Stands for the present one, as far as is known. */
  session(): string;
  /** Nobody was there just now: who is there next may have been started anew. */
  wasAway(): void;
}

const SEEN = /^seen (\d+)$/;

/**
 * Counts on from the latest start that `entries` know of. What happened while nobody looked counts for nothing: then people
 * may have taken out what is missing.
 */
export function createSeenStarts(entries: readonly Pick<HandedEntry, "session">[]): SeenStarts {
  let latest = Math.max(0, ...entries.map(({ session }) => Number(SEEN.exec(session ?? "")?.[1] ?? 0)));
  return {
    session: () => `seen ${latest}`,
    wasAway() {
      latest += 1;
    },
  };
}

/** Whether something of a start was stored in another one. Nothing is known of that between what was seen and what a program tells. */
export function isAnotherStart(stored: string | null, present: string): boolean {
  return stored !== null && stored !== present && SEEN.test(stored) === SEEN.test(present);
}
