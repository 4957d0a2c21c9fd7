import type { Database } from "bun:sqlite";
import { statSync } from "node:fs";

/**
 * Makes a read of the database that is repeated only if something was written since: a frequent read would find the same, and then costs
 * nothing. It returns the same object each time, which must not be changed. Errors of `read` are not kept.
 */
export type UntilWritten = <T>(read: () => T) => () => T;

/**
 * SQLite: `SQLITE_FCNTL_DATA_VERSION`; a different number after each commit on this connection. It takes neither a statement nor a lock.
 */
const DATA_VERSION = 35;
/** SQLite reports what another program writes only to a reader; but it is in the log. Callers at the same tick share one look at that. */
const LOG_EVERY_MS = 40;
/** After this long it reads anyway: two writes within some milliseconds may leave the log with the same time and size. */
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

  /** Undefined in a transaction, where nothing is certain before the end, and if SQLite does not say. */
  function versionNow(): number | undefined {
    if (sqlite.inTransaction) return undefined;
    return sqlite.fileControl(DATA_VERSION, version) === 0 ? version[0] : undefined;
  }

  /** Changes when another program has committed; undefined if the log cannot be read, as in a closed folder. */
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

/** Reads each time. */
export const everyTime: UntilWritten = (read) => read;
