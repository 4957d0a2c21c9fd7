import type { Wait } from "../../domain/wait.ts";

/** Ends a wait early. */
export interface Alarm {
  /** Returns a wait, which a ring ends, even one that came before the wait began. */
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
