import { type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Queries } from "./database.ts";

/** Deletes at most `limit` of the rows and returns how many: all of them in one statement may hold up the event loop for seconds. */
export function deleteSome(db: Queries, table: SQLiteTable, { where, limit }: { where: SQL; limit: number }): number {
  const some = sql`rowid in (select rowid from ${table} where ${where} limit ${limit})`;
  return db.delete(table).where(some).returning({ id: sql`1` }).all().length;
}
