import type { Log } from "../../domain/log.ts";
import type { HandOvers } from "../hand-overs.ts";

/** Tells the starts of a program from each other that does not tell them itself. */
export interface SeenStarts {
  /** Stands for the start of who has just answered, as far as is known. */
  session(): string;
  /** Nobody was there just now: who is there next may have been started anew. */
  wasAway(): void;
}

const SEEN = /^seen (\d+)$/;

/**
 * Counts on from the latest start that the list knows of. What happened while nobody looked counts for nothing: then people
 * may have taken out what is missing.
 */
export function createSeenStarts(of: {
  readonly handOvers: Pick<HandOvers, "open" | "absences" | "wasAway">;
  readonly log: Log;
}): SeenStarts {
  const { handOvers, log } = of;
  const known = handOvers.open().map(({ session }) => Number(SEEN.exec(session ?? "")?.[1] ?? 0));
  let latest = Math.max(handOvers.absences(), ...known);
  let isAway = false;
  return {
    session() {
      isAway = false;
      return `seen ${latest}`;
    },
    wasAway() {
      // Once for each absence, however long: a disk that sleeps is not woken by somebody who is not there.
      if (isAway) return;
      isAway = true;
      latest += 1;
      try {
        // Before anybody is there again: this process may be killed, and the next one has not seen it.
        handOvers.wasAway(latest);
      } catch (error) {
        // As on a full disk: then it is known for as long as this process lives.
        log.error("Cannot note that nobody was in the program's place", { error });
      }
    },
  };
}

/** Whether something of a start was stored in another one. Nothing is known of that between what was seen and what a program tells. */
export function isAnotherStart(stored: string | null, present: string): boolean {
  return stored !== null && stored !== present && SEEN.test(stored) === SEEN.test(present);
}
