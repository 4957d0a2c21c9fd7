import { nextAttemptAt } from "../../domain/retry.ts";
import type { Remote } from "./remote.ts";

const FIRST_MS = 2_000;
const CAP_MS = 60_000;

/**
 * Holds a connection to a program, if possible, because one that is killed may be back before the next look: the end of the connection
 * causes a look at once, which finds nobody there.
 */
export interface Attendance {
  /**
   * It has just answered. `isBack`: it did not before. If something in between keeps ending the connection, it is made less and less
   * often.
   */
  hold(isBack: boolean): void;
  /** Resolves when no connection is held, as after an abort of `stop`. */
  ended(): Promise<void>;
}

/** `left` is called when the program has closed the connection. */
export function createAttendance(of: {
  readonly remote: Pick<Remote, "holdOn">;
  readonly left: () => void;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly stop: AbortSignal;
}): Attendance {
  const { remote, left, now, random, stop } = of;
  let held: Promise<void> | undefined;
  let attempts = 0;
  let notBefore = 0;

  const isTooSoon = () => now() < notBefore && notBefore - now() <= CAP_MS;

  function letGo(since: number, wasHeld: boolean): void {
    held = undefined;
    if (stop.aborted) return;
    attempts = wasHeld && now() - since >= CAP_MS ? 1 : attempts + 1;
    notBefore = nextAttemptAt({ attempts, now: now(), first: FIRST_MS, cap: CAP_MS, random });
    if (wasHeld) left();
  }

  return {
    hold(isBack) {
      if (isBack) {
        attempts = 0;
        notBefore = 0;
      }
      if (remote.holdOn === undefined || held !== undefined || isTooSoon()) return;
      const since = now();
      held = remote.holdOn(stop).then(
        () => letGo(since, true),
        // A look will say why it could not be made.
        () => letGo(since, false),
      );
    },
    ended: async () => held,
  };
}
