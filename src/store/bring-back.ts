import { type Column, gt, inArray, sql } from "drizzle-orm";
import type { SQLiteTable, SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import type { Queries } from "./database.ts";
import { given, prepared } from "./prepared.ts";

/** The values of `bringBack`, to be set in place of an instant that is later than `latest`. */
export const NOW = sql`${given("now")}`;
export const LATEST = sql`${given("latest")}`;

/**
 * Changes at most `limit` rows whose instant is later than `latest`, because a wrong clock wrote them, and returns how many: without that
 * they would never be old. `set` names the new values.
 */
export function createBringBack<Table extends SQLiteTable>(
  db: Queries,
  table: Table,
  { instant, set }: { instant: Column; set: SQLiteUpdateSetSource<Table> },
): (of: { now: number; latest: number; limit: number }) => number {
  const statement = prepared(() => {
    const far = db
      .select({ id: sql`rowid` })
      .from(table)
      .where(gt(instant, given("latest")))
      .limit(given("limit"));
    return db.update(table).set(set).where(inArray(sql`rowid`, far)).returning({ id: sql`1` });
  });
  return (of) => statement.all(of).length;
}
