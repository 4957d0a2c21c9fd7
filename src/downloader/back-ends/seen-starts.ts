import type { Log } from "../../domain/log.ts";
import type { HandOvers } from "../hand-overs.ts";

/** Tells apart the starts of a program that does not report them itself. */
export interface SeenStarts {
  /** Stands for the start of the program that has just answered, as far as is known. */
  session(): string;
  /** Nobody was there: the program that answers next may have been restarted. */
  noteAbsence(): void;
}

const SEEN = /^seen (\d+)$/;

/**
 * Continues the count that is stored in the list. A restart while this process was not running does not count: what is missing then,
 * people may have removed.
 */
export function createSeenStarts(of: {
  readonly handOvers: Pick<HandOvers, "open" | "absences" | "setAbsences">;
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
    noteAbsence() {
      // Once for each absence, however long, so that a sleeping disk is not woken because of a program that is not there.
      if (isAway) return;
      isAway = true;
      latest += 1;
      try {
        // Before the program is back: this process may be killed, and the next one has not seen its absence.
        handOvers.setAbsences(latest);
      } catch (error) {
        // For example, the disk is full: then it is known for as long as this process lives.
        log.error("Cannot record that the program was away", { error });
      }
    },
  };
}

/**
 * Whether something of a start was stored in another one. Nothing is known between starts that were seen and those that a program reports.
 */
export function isAnotherStart(stored: string | null, present: string): boolean {
  return stored !== null && stored !== present && SEEN.test(stored) === SEEN.test(present);
}
