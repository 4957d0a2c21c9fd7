import { and, count, eq, lte, min, sql } from "drizzle-orm";
import type { Stats } from "../domain/monitoring.ts";
import type { OpenDatabase } from "./database.ts";
import { deletions, links } from "./schema.ts";
import { updatesInProgress } from "./update-schema.ts";

/** Telegram's update ids are positive. */
const NO_UPDATE = 0;

/** Counts for the operator, from SQLite. */
export function createStats({ queries: db, transaction }: Pick<OpenDatabase, "queries" | "transaction">): Stats {
  return {
    // A page that is changed and changed back is written all the same.
    probe: () =>
      transaction(() => {
        db.insert(updatesInProgress).values({ updateId: NO_UPDATE }).onConflictDoNothing().run();
        db.delete(updatesInProgress).where(eq(updatesInProgress.updateId, NO_UPDATE)).run();
      }),
    links: () => {
      const rows = db.select({ state: links.state, n: count() }).from(links).groupBy(links.state).all();
      return new Map(rows.map(({ state, n }) => [state, n]));
    },
    oldestDueAt: (now) =>
      db
        .select({ at: min(links.sendAt) })
        .from(links)
        // Literal, for the partial index.
        .where(and(sql`"links"."state" in ('queued', 'uncertain')`, lte(links.sendAt, now)))
        .get()?.at ?? undefined,
    deletions: () => db.select({ n: count() }).from(deletions).get()?.n ?? 0,
  };
}
