import { inArray, sql } from "drizzle-orm";
import type { Queries } from "./database.ts";
import { updatesInProgress } from "./update-schema.ts";

/** Counts how often an update was begun and not finished, across crashes. */
export function createUpdatesInProgress(db: Queries) {
  return {
    /** Counts one more try of each update; returns the tries by update id. */
    begin(ids: readonly number[]): Map<number, number> {
      if (ids.length === 0) return new Map();
      const rows = db
        .insert(updatesInProgress)
        .values(ids.map((updateId) => ({ updateId })))
        .onConflictDoUpdate({ target: updatesInProgress.updateId, set: { tries: sql`${updatesInProgress.tries} + 1` } })
        .returning()
        .all();
      return new Map(rows.map(({ updateId, tries }) => [updateId, tries]));
    },
    end(ids: readonly number[]): void {
      if (ids.length > 0) {
        db.delete(updatesInProgress)
          .where(inArray(updatesInProgress.updateId, [...ids]))
          .run();
      }
    },
    clear(): void {
      db.delete(updatesInProgress).run();
    },
  };
}
