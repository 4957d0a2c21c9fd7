import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Address } from "../domain/downloader.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { withStorageErrors } from "./error-translation.ts";
import { withoutLinks } from "./instance-lock.ts";
import { quickCheck } from "./integrity.ts";
import { pendingMigrations } from "./migrate.ts";

/** A registered downloader, as the database knows it. */
export interface KnownDownloader extends Address {
  readonly name: string;
  /** Epoch ms; null: never. */
  readonly lastSeenAt: number | null;
}

/** An admin according to the database. */
export interface KnownAdmin {
  readonly id: number;
  readonly name: string;
}

/** What an inspection of a database shows. */
export interface Inspection {
  /** What `PRAGMA quick_check` found; empty if it is sound. */
  readonly damage: readonly string[];
  /** False for an SQLite file that another program has written. */
  readonly isOurs: boolean;
  readonly pendingMigrations: number;
  readonly links: number;
  /** Epoch ms of the newest entry in it. */
  readonly newestAt: number | undefined;
  readonly downloaders: readonly KnownDownloader[];
  readonly admins: readonly KnownAdmin[];
}

/**
 * Inspects a database without changing it, even while the bot uses it. Reads only what the first schema had, so that the new version can
 * inspect the old one's. Throws `StoreUnavailable`, `NewerDatabase`.
 */
export function inspectDatabase(path: string): Inspection {
  return withStorageErrors(() => {
    using database = new Database(path, { readonly: true });
    database.run("PRAGMA busy_timeout = 1000");
    const damage = quickCheck(database);
    const pending = pendingMigrations(database);
    const tables = database.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const version = database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
    const nothing = { damage, pendingMigrations: pending, links: 0, newestAt: undefined, downloaders: [], admins: [] };
    if (version === 0 || damage.length > 0) return { ...nothing, isOurs: version > 0 || tables.length === 0 };
    const one = <T>(sql: string) => database.query<{ it: T }, []>(sql).get()?.it;
    return {
      ...nothing,
      isOurs: true,
      links: one<number>("SELECT count(*) AS it FROM links") ?? 0,
      newestAt:
        one<number | null>(
          "SELECT max(at) AS it FROM (SELECT max(created_at) AS at FROM links UNION ALL SELECT max(accepted_at) FROM deliveries)",
        ) ?? undefined,
      downloaders: database
        .query<KnownDownloader, []>(
          "SELECT name, host, port, last_seen_at AS lastSeenAt FROM downloaders ORDER BY name",
        )
        .all(),
      admins: database
        .query<KnownAdmin, []>("SELECT id, name FROM grants WHERE role = 'admin' ORDER BY granted_at, id")
        .all(),
    };
  });
}

/** Throws `StoreUnavailable` at once, without waiting, if the database cannot be written now. Changes nothing. */
export function probeDatabase(path: string): void {
  withStorageErrors(() => {
    using database = new Database(path, { create: true, readwrite: true });
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN IMMEDIATE");
    database.run("ROLLBACK");
  });
}

/** Whether a bot is running on this database now: see `lockInstance`. Creates nothing. */
export function isRunningOn(path: string): boolean {
  if (!existsSync(dirname(path))) return false;
  const lockPath = `${withoutLinks(path)}.lock`;
  if (!existsSync(lockPath)) return false;
  try {
    withStorageErrors(() => {
      using lock = new Database(lockPath, { readonly: true });
      // This needs a shared lock, but only for a moment.
      lock.query("SELECT count(*) FROM sqlite_schema").get();
    });
    return false;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return error.code === "SQLITE_BUSY";
  }
}
