import type { Wait } from "../../domain/wait.ts";

/** A wait that can be ended early. */
export interface Alarm {
  /** Returns a wait. A ring from now on ends it, even one that comes before it has begun. */
  set(): (ms: number) => Promise<void>;
  ring(): void;
}

/** After an abort of `stop`, waits end at once. */
export function createAlarm(wait: Wait, stop: AbortSignal): Alarm {
  let bell = new AbortController();
  return {
    set() {
      bell = new AbortController();
      const { signal } = bell;
      return (ms) => wait(ms, AbortSignal.any([signal, stop]));
    },
    ring: () => bell.abort(),
  };
}
