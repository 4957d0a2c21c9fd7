import type { Log } from "../domain/log.ts";

export interface Interval {
  /**
   * Runs the work as soon as the present code has ended, or once more after the run that is under way; where it gathers, once for
   * all the triggers of a while, at its end.
   */
  trigger(): void;
  /** Lets the run that is under way end; no other starts. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `everyMs` and at each trigger, never twice at a time. What it throws is logged: an interval ends only by
 * `stop`. The first run comes with the first tick or trigger.
 */
export function startInterval(of: {
  everyMs: number;
  /** For how long triggers are gathered; left out: each begins a run. */
  gatherMs?: number;
  work: () => Promise<void>;
  name: string;
  log: Log;
}): Interval {
  let running: Promise<void> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  let stopped = false;

  const run = async (): Promise<void> => {
    // Who triggers it may be in a transaction, and what the work stores would be undone with that.
    await Promise.resolve();
    do {
      again = false;
      try {
        await of.work();
      } catch (error) {
        of.log.error(`${of.name} failed`, { error });
      }
    } while (again && !stopped);
    running = undefined;
  };
  const start = (): void => {
    if (stopped) return;
    running ??= run();
  };
  const timer = setInterval(start, of.everyMs);
  const runAgain = (): void => {
    gathering = undefined;
    again = running !== undefined;
    start();
  };

  return {
    trigger() {
      if (of.gatherMs === undefined) runAgain();
      else if (!stopped) gathering ??= setTimeout(runAgain, of.gatherMs);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(gathering);
      await running;
    },
  };
}
