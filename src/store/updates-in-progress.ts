import { sql } from "drizzle-orm";
import { updatesInProgress } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { given, isAmong, listed, prepared } from "./prepared.ts";

/** Counts how often an update was begun and not finished, across crashes. */
export function createUpdatesInProgress(db: Queries) {
  const begin = prepared(() =>
    db
      .insert(updatesInProgress)
      .select(sql`select value, 1 from json_each(${given("ids")}) where true`)
      .onConflictDoUpdate({ target: updatesInProgress.updateId, set: { tries: sql`${updatesInProgress.tries} + 1` } })
      .returning(),
  );
  const end = prepared(() => db.delete(updatesInProgress).where(isAmong(updatesInProgress.updateId, "ids")));
  const clear = prepared(() => db.delete(updatesInProgress));
  return {
    /** Counts one more try of each update; returns the tries by update id. */
    begin(ids: readonly number[]): Map<number, number> {
      if (ids.length === 0) return new Map();
      return new Map(begin.all({ ids: listed(ids) }).map(({ updateId, tries }) => [updateId, tries]));
    },
    end(ids: readonly number[]): void {
      if (ids.length > 0) end.run({ ids: listed(ids) });
    },
    clear: () => clear.run(),
  };
}
