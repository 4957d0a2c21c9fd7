import { Database, SQLiteError } from "bun:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { StoreUnavailable } from "../domain/storage.ts";
import { type Translate, withStorageErrors } from "./error-translation.ts";
import { quickCheck } from "./integrity.ts";
import { migrate } from "./migrate.ts";
import * as schema from "./schema.ts";
import { withSteadyPlans } from "./steady-plans.ts";
import { createUntilWritten, type UntilWritten } from "./until-written.ts";

type Schema = typeof schema;

/** What table files query; a transaction is one too. */
export type Queries = Omit<BunSQLiteDatabase<Schema>, "transaction" | "$client">;

type Synchronous<T> = T extends PromiseLike<unknown> ? never : T;

export interface OpenDatabase extends Disposable {
  readonly queries: Queries;
  /**
   * Runs `work` in one IMMEDIATE transaction; an error rolls everything back. `work` cannot be async: an awaited transaction would commit
   * at its first await (runtime.md §5.3). Inside another transaction it joins that one. If the disk fails, SQLite may undo the whole
   * transaction at once; then nothing more is done in it, and it fails.
   */
  transaction<T>(work: () => Synchronous<T>): Synchronous<T>;
  /** For single statements: see `withStorageErrors`. */
  readonly translate: Translate;
  readonly untilWritten: UntilWritten;
  /**
   * Resolves as soon as no other process is writing, or after a second. Await it before work for a person, whose writes wait for only 50
   * ms. After a wait in vain it resolves at once, until a write succeeds.
   */
  writable(): Promise<void>;
  /** Writes everything that is committed into a new file, as a backup does. */
  copyInto(path: string): void;
  /** Empty if it is sound, otherwise what `PRAGMA quick_check` found. */
  check(): string[];
}

/** How long a write waits for another process; it blocks the event loop, so it is short (reliability.md §1.2). */
const BUSY_TIMEOUT_MS = 50;
/** How long, and how often, to check whether another process is still writing; meanwhile the event loop turns. */
const WRITABLE_WITHIN_MS = 1_000;
const WRITABLE_EVERY_MS = 20;
/** A log that grew because another program kept reading is cut back to this size: twice what it otherwise reaches. */
const LOG_BYTES = 8 * 1024 * 1024;

/**
 * Opens (and creates) the database, and brings its schema up to date. `:memory:` is for tests. `onFailure` gets SQLite's code of each
 * later failure. Throws `StoreUnavailable`, `NewerDatabase`.
 */
export function openDatabase(path: string, onFailure?: (code: string) => void): OpenDatabase {
  return withStorageErrors(() => {
    const sqlite = new Database(path, { create: true, readwrite: true, strict: true });
    try {
      sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      sqlite.run("PRAGMA journal_mode = WAL");
      sqlite.run(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
      sqlite.run("PRAGMA synchronous = FULL");
      sqlite.run("PRAGMA foreign_keys = ON");
      migrate(sqlite);
    } catch (error) {
      sqlite.close();
      throw error;
    }
    return wrap(sqlite, onFailure);
  });
}

function wrap(sqlite: Database, onFailure?: (code: string) => void): OpenDatabase {
  const queries = drizzle(withSteadyPlans(sqlite), { schema });
  const busyTimeout = createBusyTimeout(sqlite);
  /** The work of a transaction is running. */
  let isWithin = false;

  /** After a full disk or an I/O error, SQLite undoes the whole transaction at once: what came after it would be stored on its own. */
  function mustStand(): void {
    if (isWithin && !sqlite.inTransaction) throw new StoreUnavailable("SQLITE_ABORT_ROLLBACK");
  }

  const translate: Translate = (work) => {
    mustStand();
    return withStorageErrors(work, (code) => {
      if (code.startsWith("SQLITE_BUSY")) busyTimeout.lose();
      onFailure?.(code);
    });
  };

  function whole<T>(work: () => T): T {
    isWithin = true;
    try {
      const result = work();
      mustStand();
      return result;
    } finally {
      isWithin = false;
    }
  }

  return {
    queries,
    translate,
    untilWritten: createUntilWritten(sqlite),
    transaction: (work) =>
      translate(() => {
        if (sqlite.inTransaction) return work();
        const result = sqlite.transaction(() => whole(work)).immediate();
        busyTimeout.regain();
        return result;
      }),
    async writable() {
      for (const until = performance.now() + WRITABLE_WITHIN_MS; busyTimeout.waits && isLocked(sqlite); ) {
        if (performance.now() >= until) return busyTimeout.lose();
        await sleep(WRITABLE_EVERY_MS);
      }
    },
    copyInto: (path) => translate(() => void sqlite.query("VACUUM INTO ?").run(path)),
    check: () => translate(() => quickCheck(sqlite)),
    [Symbol.dispose]() {
      try {
        sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // On a full disk the log stays beside the database, and the next start reads it.
      }
      // Including the cached statements: otherwise the file would stay open for as long as one of them is referenced.
      sqlite.close(true);
    },
  };
}

/**
 * Once a write has waited in vain for another process, the next ones do not wait until one succeeds: each wait blocks the whole event
 * loop.
 */
function createBusyTimeout(sqlite: Database): { readonly waits: boolean; lose(): void; regain(): void } {
  let waits = true;
  const set = (patient: boolean) => {
    if (waits === patient) return;
    waits = patient;
    sqlite.run(`PRAGMA busy_timeout = ${patient ? BUSY_TIMEOUT_MS : 0}`);
  };
  return {
    get waits() {
      return waits;
    },
    lose: () => set(false),
    regain: () => set(true),
  };
}

/** In one call to SQLite, because this is checked before each update. */
const PROBE = `PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK; PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`;

/** Whether another connection is writing right now; false for any other trouble, which a write will report. */
function isLocked(sqlite: Database): boolean {
  try {
    sqlite.run(PROBE);
    return false;
  } catch (error) {
    // The probe ends at the statement that fails.
    sqlite.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY") === true;
  }
}
