import type { Database } from "bun:sqlite";
import { statSync } from "node:fs";

/**
 * Makes a look at the database one that is taken only when something was written since: what comes again and again would find the
 * same, and costs nothing then. What it gives is the same object each time, to be left as it is. What `read` throws is not kept.
 */
export type UntilWritten = <T>(read: () => T) => () => T;

/** SQLite: `SQLITE_FCNTL_DATA_VERSION`; another number after each commit on this connection. Neither a statement nor a lock. */
const DATA_VERSION = 35;
/** What another program writes SQLite tells only who looks; but it is in the log. Those who ask at the same tick need one look at that. */
const LOG_EVERY_MS = 40;
/** After so long it looks all the same: two writes within some milliseconds may leave the log with the same time and size. */
const LONGEST_MS = 60_000;

interface Known<T> {
  readonly result: T;
  readonly version: number;
  readonly log: string;
  /** By `elapsed`. */
  readonly until: number;
}

/** `elapsed`: ms by a clock that nobody sets. */
export function createUntilWritten(sqlite: Database, elapsed = () => performance.now()): UntilWritten {
  const version = new Uint32Array(2);
  const path = `${sqlite.filename}-wal`;
  let log: string | undefined;
  /** By `elapsed`. */
  let logSeenAt = Number.NEGATIVE_INFINITY;

  /** Undefined in a transaction, of which nothing is certain before its end, and where SQLite does not say. */
  function versionNow(): number | undefined {
    if (sqlite.inTransaction) return undefined;
    return sqlite.fileControl(DATA_VERSION, version) === 0 ? version[0] : undefined;
  }

  /** Another one after what another program has committed; undefined where the log cannot be looked at, as in a folder that is closed. */
  function logNow(): string | undefined {
    if (elapsed() < logSeenAt + LOG_EVERY_MS) return log;
    logSeenAt = elapsed();
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      log = `${found?.mtimeMs} ${found?.size}`;
    } catch {
      log = undefined;
    }
    return log;
  }

  return <T>(read: () => T) => {
    let known: Known<T> | undefined;
    return () => {
      const now = versionNow();
      if (now === undefined) return read();
      const mark = logNow();
      if (mark === undefined) return read();
      if (known?.version !== now || known.log !== mark || elapsed() >= known.until) {
        known = undefined;
        known = { result: read(), version: now, log: mark, until: elapsed() + LONGEST_MS };
      }
      return known.result;
    };
  };
}

/** Looks each time. */
export const everyTime: UntilWritten = (read) => read;
