import { type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Queries } from "./database.ts";
import { given, prepared } from "./prepared.ts";

/**
 * Deletes at most `limit` of the rows and returns how many: deleting all of them in one statement could block the event loop for seconds.
 * Its other arguments are the values that `where` names.
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
