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
 * How long, at `now` by a clock that nobody sets, until the next multiple of `everyMs`: what is done every five seconds, and every
 * ten, begins together and wakes the process together, since a wake-up costs more than most of it.
 */
export function untilNext(everyMs: number, now: number): number {
  return everyMs - (now % everyMs);
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
  let timer: ReturnType<typeof setInterval> | undefined;
  const first = setTimeout(
    () => {
      timer = setInterval(start, of.everyMs);
      start();
    },
    untilNext(of.everyMs, performance.now()),
  );
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
      clearTimeout(first);
      clearInterval(timer);
      clearTimeout(gathering);
      await running;
    },
  };
}
