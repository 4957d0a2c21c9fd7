import type { Log } from "../domain/log.ts";

export interface Interval {
  /** Runs the work now, or once more after the run that is under way. */
  trigger(): void;
  /** Lets the run that is under way end; no other starts. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `everyMs` and at each trigger, never twice at a time. What it throws is logged: an interval ends only by
 * `stop`. The first run comes with the first tick or trigger.
 */
export function startInterval(of: { everyMs: number; work: () => Promise<void>; name: string; log: Log }): Interval {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const run = async (): Promise<void> => {
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

  return {
    trigger() {
      again = running !== undefined;
      start();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
