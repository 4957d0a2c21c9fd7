import { type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Queries } from "./database.ts";
import { given, prepared } from "./prepared.ts";

/**
 * Deletes at most `limit` of the rows and returns how many: all of them in one statement may hold up the event loop for seconds.
 * What it is given besides is what `where` names.
 */
export function createDeleteSome(
  db: Queries,
  table: SQLiteTable,
  where: SQL,
): (of: { limit: number; [name: string]: unknown }) => number {
  const some = sql`rowid in (select rowid from ${table} where ${where} limit ${given("limit")})`;
  const statement = prepared(() => db.delete(table).where(some).returning({ id: sql`1` }));
  return (of) => statement.all(of).length;
}
