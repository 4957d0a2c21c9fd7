import type { Wait } from "../../src/domain/wait.ts";
import { createWatch } from "./watch.ts";

/** A clock that stands still until the test moves it. */
export function createClock(startAt = Date.UTC(2026, 10, 23)) {
  const watch = createWatch();
  const sleepers = new Set<{ ms: number; until: number; wake: () => void }>();
  let at = startAt;

  const wait: Wait = (ms, signal) => {
    if (signal.aborted || ms <= 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = {
      ms,
      until: at + ms,
      wake() {
        sleepers.delete(sleeper);
        signal.removeEventListener("abort", sleeper.wake);
        resolve();
      },
    };
    signal.addEventListener("abort", sleeper.wake);
    sleepers.add(sleeper);
    watch.changed();
    return promise;
  };

  const seen = () => `Waits now: ${[...sleepers].map(({ ms }) => ms).join(", ") || "none"}`;

  return {
    now: () => at,
    wait,
    advance(ms: number): void {
      at += ms;
      for (const sleeper of [...sleepers]) if (sleeper.until <= at) sleeper.wake();
    },
    /** Resolves with the ms of a wait in this range, once there is one. */
    sleeping(from: number, to = from): Promise<number> {
      return watch.until(() => [...sleepers].find(({ ms }) => ms >= from && ms <= to)?.ms, {
        what: `a wait of ${from} to ${to} ms`,
        seen,
      });
    },
    /** Resolves once there are this many waits. */
    waiting: (count: number) =>
      watch.until(() => sleepers.size === count || undefined, { what: `${count} waits`, seen }),
  };
}
