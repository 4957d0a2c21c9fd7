import { Database } from "bun:sqlite";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

type Cell = string | number | null;

/** Rows of the Go version's tables (wire.md §4). */
export interface GoRows {
  /** link, quality, sendingAt, userID, userName, messageID, errorMsg. */
  readonly links?: readonly (readonly [Cell, Cell, Cell, Cell, Cell, Cell, Cell])[];
  /** name, allowedRootLinks, host, port. */
  readonly downloaders?: readonly (readonly [Cell, Cell, Cell, Cell])[];
  /** chatID, messageID, deleteAt. */
  readonly deletions?: readonly (readonly [Cell, Cell, Cell])[];
}

export interface GoDatabaseOptions {
  /** A file from before 2025-07-20: `links` has no `userName`. */
  readonly old?: boolean;
}

/**
 * Writes `links.db` as the Go version leaves it when it is killed: while the returned connection is open, the rows are only in the `-wal`.
 */
export function writeGoDatabase(folder: string, rows: GoRows, { old = false }: GoDatabaseOptions = {}): Database {
  const database = new Database(join(folder, "links.db"), { create: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA wal_autocheckpoint = 0");
  const userName = old ? "" : "userName text, ";
  database.run(
    `CREATE TABLE links (link text unique, quality integer, sendingAt text, userID text, ${userName}messageID text, errorMsg text)`,
  );
  database.run("CREATE TABLE downloaders (name text unique, allowedRootLinks text, host text, port integer)");
  database.run("CREATE TABLE to_delete (chatID text, messageID text, deleteAt text)");
  const add = (table: string, cells: readonly Cell[]) =>
    database.run(`INSERT INTO ${table} VALUES (${cells.map(() => "?").join(", ")})`, [...cells]);
  for (const row of rows.links ?? []) add("links", old ? row.toSpliced(4, 1) : row);
  for (const row of rows.downloaders ?? []) add("downloaders", row);
  for (const row of rows.deletions ?? []) add("to_delete", row);
  return database;
}

/** Writes the Go version's YAML under a name; returns its path. */
export function writeGoConfig(folder: string, yaml: string, name = "go.yml"): string {
  const path = join(folder, name);
  writeFileSync(path, yaml);
  return path;
}
