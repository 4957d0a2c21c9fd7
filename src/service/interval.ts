import type { Log } from "../domain/log.ts";
import { StoreUnavailable } from "../domain/storage.ts";

export interface Interval {
  /**
   * Runs the work as soon as the current code has ended, or once more after a run in progress. With `gatherMs`, all triggers within that
   * time cause one run, at its end.
   */
  trigger(): void;
  /** Lets a run in progress end; no other starts. */
  stop(): Promise<void>;
}

/**
 * How long it is, at `now` by a clock that nobody sets, until the next multiple of `everyMs`. So what is done every five seconds and what
 * is done every ten begin together and wake the process once: a wake-up costs more than most of the work.
 */
export function untilNext(everyMs: number, now: number): number {
  return everyMs - (now % everyMs);
}

/**
 * Runs `work` every `everyMs` and at each trigger, never twice at the same time. Errors are logged: only `stop` ends an interval. The
 * first run comes with the first tick or trigger.
 */
export function startInterval(of: {
  everyMs: number;
  /** How long triggers are gathered; without it, each one starts a run. */
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
    // The trigger may come from inside a transaction, whose rollback would undo what the work stores.
    await Promise.resolve();
    do {
      again = false;
      try {
        await of.work();
      } catch (error) {
        // The store has said what is wrong with it, and each run meets that again.
        if (!(error instanceof StoreUnavailable)) of.log.error(`${of.name} failed`, { error });
        else of.log.warn(`${of.name} must wait until the database can be used`, { code: error.code });
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
