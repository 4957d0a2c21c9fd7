import { Database } from "bun:sqlite";
import { StoreUnavailable } from "../domain/storage.ts";
import { withStorageErrors } from "./error-translation.ts";

/** What `PRAGMA quick_check` finds; empty if nothing. Throws SQLite's own error if it cannot be run. */
export function quickCheck(database: Database): string[] {
  return database
    .query<{ quick_check: string }, []>("PRAGMA quick_check")
    .all()
    .map((row) => row.quick_check)
    .filter((finding) => finding !== "ok");
}

/** What is wrong with a database that nobody is writing to; empty if it is sound. Throws `StoreUnavailable`. */
export function damageIn(path: string): string[] {
  return withStorageErrors(() => {
    using database = new Database(path, { readonly: true });
    return quickCheck(database);
  });
}

/**
 * Throws `StoreUnavailable` if a finished copy is damaged, or holds nothing: where a full disk let no database be made there is a file
 * without tables, and a sound copy of that would count as the newest backup.
 */
export function assertGoodCopy(path: string): void {
  const [damage] = damageIn(path);
  if (damage !== undefined) throw new StoreUnavailable("SQLITE_CORRUPT", new Error(damage));
  if (!hasTables(path)) throw new StoreUnavailable("SQLITE_EMPTY", new Error(`${path} holds no tables`));
}

function hasTables(path: string): boolean {
  return withStorageErrors(() => {
    using database = new Database(path, { readonly: true });
    return database.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== null;
  });
}
