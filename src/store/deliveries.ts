import { and, desc, eq, gte, sql } from "drizzle-orm";
import type { Deliveries } from "../domain/delivery.ts";
import type { Queries } from "./database.ts";
import { deliveries } from "./schema.ts";

/** Accepted links in SQLite. */
export function createDeliveries(db: Queries): Deliveries {
  return {
    add: (delivery) => {
      db.insert(deliveries).values(delivery).onConflictDoNothing({ target: deliveries.linkId }).run();
    },
    byLinkId: (linkId) => db.select().from(deliveries).where(eq(deliveries.linkId, linkId)).get(),
    latestByKey: (key) =>
      db
        .select()
        .from(deliveries)
        .where(eq(deliveries.key, key))
        .orderBy(sql`${deliveries.state} = 'open' desc`, desc(deliveries.acceptedAt))
        .get(),
    since: ({ chatId, acceptedAt }) =>
      db
        .select()
        .from(deliveries)
        .where(
          and(gte(deliveries.acceptedAt, acceptedAt), chatId === undefined ? undefined : eq(deliveries.chatId, chatId)),
        )
        .orderBy(desc(deliveries.acceptedAt))
        .all(),
  };
}
