import { inArray, sql } from "drizzle-orm";
import type { Queries } from "./database.ts";
import { updatesInWork } from "./schema.ts";

/** Counts how often an update was begun and not finished, across crashes. */
export function createUpdatesInWork(db: Queries) {
  return {
    /** Counts one more try of each update; returns the tries by update id. */
    begin(ids: readonly number[]): Map<number, number> {
      if (ids.length === 0) return new Map();
      const rows = db
        .insert(updatesInWork)
        .values(ids.map((updateId) => ({ updateId })))
        .onConflictDoUpdate({ target: updatesInWork.updateId, set: { tries: sql`${updatesInWork.tries} + 1` } })
        .returning()
        .all();
      return new Map(rows.map(({ updateId, tries }) => [updateId, tries]));
    },
    end(ids: readonly number[]): void {
      if (ids.length > 0) {
        db.delete(updatesInWork)
          .where(inArray(updatesInWork.updateId, [...ids]))
          .run();
      }
    },
  };
}
