import type { Log } from "../domain/log.ts";
import { type LateWrites, unlessUnavailable } from "../domain/storage.ts";

/** Far above what waits while a database is locked; a stranger must not fill the memory. */
const MOST = 20_000;
/** Each is a transaction: more at a time would hold up everybody. */
const AT_ONCE = 100;

/** See `LateWrites`. Keeps the latest twenty thousand. */
export function createLateWrites({ log }: { log: Log }): LateWrites & {
  /** Makes up for some of what waits, in its order; `all`: for everything. False when something is left. Never throws. */
  flush(how?: { readonly all: boolean }): boolean;
} {
  let flushing = false;
  const waiting: { readonly what: string; readonly change: () => void }[] = [];

  /** False when the database cannot be used. */
  function made(change: () => void): boolean {
    return unlessUnavailable(
      () => {
        change();
        return true;
      },
      () => false,
    );
  }

  function flush({ all } = { all: false }): boolean {
    if (flushing) return false;
    flushing = true;
    try {
      return makeUp(all ? waiting.length : AT_ONCE);
    } finally {
      flushing = false;
    }
  }

  function makeUp(most: number): boolean {
    let left = most;
    for (let next = waiting[0]; next !== undefined && left > 0; next = waiting[0], left -= 1) {
      try {
        if (!made(next.change)) return false;
      } catch (error) {
        // It must not hold back the rest for ever.
        log.error("Cannot store something at all", { what: next.what, error });
      }
      waiting.shift();
    }
    return waiting.length === 0;
  }

  return {
    write(what, change) {
      // In order: what was to be stored earlier may be about the same message.
      if (flush() && made(change)) return;
      waiting.push({ what, change });
      if (waiting.length > MOST) waiting.shift();
      log.warn("Cannot store something now; it is stored later", { what, waiting: waiting.length });
    },
    flush,
  };
}
