import { nextAttemptAt } from "../../domain/retry.ts";
import type { Remote } from "./remote.ts";

const FIRST_MS = 2_000;
const CAP_MS = 60_000;

/**
 * Holds on to a program, where that is possible, since whoever is killed may be back before the next look: one at once finds nobody
 * there.
 */
export interface Attendance {
  /** It has just answered. `isBack`: it did not before. Where something between ends it all the time, it is held on to ever more seldom. */
  hold(isBack: boolean): void;
  /** Resolves when it is held on to no more, as after an abort of `stop`. */
  ended(): Promise<void>;
}

/** `left` is called when it has let go. */
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
        // Why it could not be held on to, a look says.
        () => letGo(since, false),
      );
    },
    ended: async () => held,
  };
}
