import type { Log, LogFields } from "../../../src/domain/log.ts";
import type { Wait } from "../../../src/domain/wait.ts";
import { createWatch } from "../../support/watch.ts";

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

  return {
    now: () => at,
    wait,
    advance(ms: number): void {
      at += ms;
      for (const sleeper of [...sleepers]) if (sleeper.until <= at) sleeper.wake();
    },
    /** Resolves with the ms of a wait within the range, once there is one. */
    sleeping(from: number, to = from): Promise<number> {
      return watch.until(() => [...sleepers].find(({ ms }) => ms >= from && ms <= to)?.ms, {
        what: `a wait of ${from} to ${to} ms`,
        seen: () => `Waits now: ${[...sleepers].map(({ ms }) => ms).join(", ") || "none"}`,
      });
    },
  };
}

export interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A log that keeps its lines. */
export function createRecordingLog(): Log & { readonly lines: Line[]; at(level: Line["level"]): string[] } {
  const lines: Line[] = [];
  const writer = (level: Line["level"]) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields });
  };
  const log = {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    withTag: () => log,
    lines,
    at: (level: Line["level"]) => lines.filter((line) => line.level === level).map((line) => line.message),
  };
  return log;
}
