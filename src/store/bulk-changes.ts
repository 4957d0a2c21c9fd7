import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import type { Links } from "../domain/link.ts";
import type { Queries } from "./database.ts";
import { links } from "./schema.ts";

/** How a link stands, as its undo keeps it, and how it stood. */
const standing = sql`json_object('state', ${links.state}, 'sendAt', ${links.sendAt})`;
const before = sql`json_extract(${links.undo}, '$.state')`;

/** Changes of all of a chat's links at once, in one statement each, and what was changed together. */
export function createBulkChanges(db: Queries): Pick<Links, "removeAllOf" | "restoreAllOf" | "removedTogether"> {
  return {
    removeAllOf: (chatId, until) =>
      db
        .update(links)
        .set({ undo: standing, state: "removed", sendAt: until })
        .where(and(eq(links.chatId, chatId), sql`${links.state} not in ('removed', 'sending', 'uncertain')`))
        .returning({ id: sql`1` })
        .all().length,
    removedTogether: ({ chatId, until, after, limit }) =>
      db
        .select()
        .from(links)
        .where(
          and(
            sql`"links"."state" = 'removed'`,
            eq(links.sendAt, until),
            gt(links.id, after),
            sql`+${links.chatId} = ${chatId}`,
          ),
        )
        .orderBy(asc(links.id))
        .limit(limit)
        .all(),
    restoreAllOf: (chatId, until) => {
      const isOne = and(eq(links.chatId, chatId), sql`${links.state} = 'removed'`, eq(links.sendAt, until));
      db.update(links)
        .set({
          undo: null,
          // A downloader that takes it may have come meanwhile: the next tick finds out.
          state: sql`iif(${before} in ('unmatched', 'unreachable'), 'queued', ${before})`,
          sendAt: sql`json_extract(${links.undo}, '$.sendAt')`,
        })
        .where(and(isOne, isNotNull(links.undo)))
        .run();
    },
  };
}
