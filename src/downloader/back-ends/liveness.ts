import { nextAttemptAt } from "../../domain/retry.ts";
import type { Remote } from "./remote.ts";

const FIRST_MS = 2_000;
const CAP_MS = 60_000;

/**
 * Notices that a program was killed even if it is back before the next look: holds a connection to it, if it has one to offer, and looks at
 * once when that ends.
 */
export interface Liveness {
  /**
   * Makes the connection unless there is one; the program has just answered. `isBack`: it did not before. If something in between keeps
   * ending the connection, it is made less and less often.
   */
  connect(isBack: boolean): void;
  /** Resolves when no connection is held, as after an abort of `stop`. */
  ended(): Promise<void>;
}

/** `onClosed` is called when the program has closed the connection. */
export function createLiveness(of: {
  readonly remote: Pick<Remote, "holdOn">;
  readonly onClosed: () => void;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly stop: AbortSignal;
}): Liveness {
  const { remote, onClosed, now, random, stop } = of;
  let held: Promise<void> | undefined;
  let attempts = 0;
  let notBefore = 0;

  const isTooSoon = () => now() < notBefore && notBefore - now() <= CAP_MS;

  function closed(since: number, wasHeld: boolean): void {
    held = undefined;
    if (stop.aborted) return;
    attempts = wasHeld && now() - since >= CAP_MS ? 1 : attempts + 1;
    notBefore = nextAttemptAt({ attempts, now: now(), first: FIRST_MS, cap: CAP_MS, random });
    if (wasHeld) onClosed();
  }

  return {
    connect(isBack) {
      if (isBack) {
        attempts = 0;
        notBefore = 0;
      }
      if (remote.holdOn === undefined || held !== undefined || isTooSoon()) return;
      const since = now();
      held = remote.holdOn(stop).then(
        () => closed(since, true),
        // A look will say why it could not be made.
        () => closed(since, false),
      );
    },
    ended: async () => held,
  };
}
