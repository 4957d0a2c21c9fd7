import type { Log } from "../../domain/log.ts";
import type { Outcomes } from "./outcomes.ts";

/** Notices when everything that was claimed has been handed over or waits, and nothing more is due. */
export interface RestWatch {
  /** Something was claimed whose end is to be noticed. */
  claimed(): void;
  /** Something has ended that may have been the last. Never throws. */
  look(): void;
}

/** `onRest` is called once for all that was claimed, after everything that became of it has been written and told. */
export function createRestWatch(of: {
  isBusy: () => boolean;
  outcomes: Pick<Outcomes, "flushPending" | "settled">;
  onRest: () => void;
  log: Log;
}): RestWatch {
  const { isBusy, outcomes, log } = of;
  let hasClaimed = false;
  const isAtRest = () => hasClaimed && !isBusy();

  async function look(): Promise<void> {
    if (!isAtRest()) return;
    await outcomes.settled();
    // What could not be written is told with a later tick, and this comes after it.
    if (!isAtRest() || !outcomes.flushPending()) return;
    hasClaimed = false;
    of.onRest();
  }

  return {
    claimed() {
      hasClaimed = true;
    },
    look: () => void look().catch((error) => log.error("Cannot report that everything is handed over", { error })),
  };
}
