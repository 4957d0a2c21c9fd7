import { Database } from "bun:sqlite";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withStorageErrors } from "./error-translation.ts";

/** A row as text, because every column may hold anything (wire.md §4). */
type Row<Column extends string> = Readonly<Record<Column, string | null>>;

/** What the Go version kept. Instants are Unix seconds. */
export interface GoDatabase {
  readonly links: readonly Row<"link" | "quality" | "sendingAt" | "userID" | "userName" | "messageID" | "errorMsg">[];
  readonly downloaders: readonly Row<"name" | "allowedRootLinks" | "host" | "port">[];
  readonly deletions: readonly Row<"chatID" | "messageID" | "deleteAt">[];
}

const TABLES = {
  links: ["link", "quality", "sendingAt", "userID", "userName", "messageID", "errorMsg"],
  downloaders: ["name", "allowedRootLinks", "host", "port"],
  to_delete: ["chatID", "messageID", "deleteAt"],
} as const;

/**
 * Reads the Go version's database from a copy, including its `-wal`, so that the original does not change. A missing table or column reads
 * as empty; undefined if it has none of the tables. Throws `StoreUnavailable`, or the system's error.
 */
export function readGoDatabase(path: string): GoDatabase | undefined {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-import-"));
  try {
    const copy = join(folder, "links.db");
    for (const suffix of ["", "-wal", "-journal"]) {
      if (!existsSync(path + suffix)) continue;
      copyFileSync(path + suffix, copy + suffix);
      chmodSync(copy + suffix, 0o600);
    }
    return withStorageErrors(() => {
      using database = new Database(copy, { readwrite: true });
      const columns = (table: keyof typeof TABLES) => columnsOf(database, table);
      // Both versions have tables of these names; only the Go version spells the columns like this.
      if (!columns("links").has("sendingat") && !columns("downloaders").has("allowedrootlinks")) return undefined;
      return {
        links: rowsOf(database, "links"),
        downloaders: rowsOf(database, "downloaders"),
        deletions: rowsOf(database, "to_delete"),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function columnsOf(database: Database, table: string): Set<string> {
  const columns = database.query<{ name: string }, [string]>("SELECT name FROM pragma_table_info(?)").all(table);
  return new Set(columns.map(({ name }) => name.toLowerCase()));
}

function rowsOf<Table extends keyof typeof TABLES>(database: Database, table: Table) {
  const there = columnsOf(database, table);
  if (there.size === 0) return [];
  const selected = TABLES[table].map((column) =>
    there.has(column.toLowerCase()) ? `CAST("${column}" AS TEXT) AS "${column}"` : `NULL AS "${column}"`,
  );
  return database.query<Row<(typeof TABLES)[Table][number]>, []>(`SELECT ${selected.join(", ")} FROM "${table}"`).all();
}
