import { and, count, eq, lte, min, sql } from "drizzle-orm";
import type { Stats } from "../domain/monitoring.ts";
import { updatesInProgress } from "./chat-schema.ts";
import type { OpenDatabase } from "./database.ts";
import { given, prepared } from "./prepared.ts";
import { deletions, links } from "./schema.ts";

/** Telegram's update ids are positive. */
const NO_UPDATE = 0;

/** Counts for the operator, from SQLite. */
export function createStats({
  queries: db,
  transaction,
  untilWritten,
}: Pick<OpenDatabase, "queries" | "transaction" | "untilWritten">): Stats {
  const write = prepared(() => db.insert(updatesInProgress).values({ updateId: NO_UPDATE }).onConflictDoNothing());
  const unwrite = prepared(() => db.delete(updatesInProgress).where(eq(updatesInProgress.updateId, NO_UPDATE)));
  const ofState = prepared(() => db.select({ state: links.state, n: count() }).from(links).groupBy(links.state));
  const oldestDue = prepared(() =>
    db
      .select({ at: min(links.sendAt) })
      .from(links)
      // Literal, not bound, so that SQLite uses the partial index.
      .where(and(sql`"links"."state" in ('queued', 'uncertain')`, lte(links.sendAt, given("now")))),
  );
  const planned = prepared(() => db.select({ n: count() }).from(deletions));
  return {
    // A page that is changed and changed back is written nevertheless.
    probe: () =>
      transaction(() => {
        write.run();
        unwrite.run();
      }),
    // No index has the state: this reads every link, for as long as somebody watches.
    links: untilWritten(() => new Map(ofState.all().map(({ state, n }) => [state, n]))),
    oldestDueAt: (now) => oldestDue.get({ now })?.at ?? undefined,
    deletions: () => planned.get()?.n ?? 0,
  };
}
