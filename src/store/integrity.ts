import { Database } from "bun:sqlite";
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
