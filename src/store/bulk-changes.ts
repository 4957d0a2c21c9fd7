import { and, asc, eq, gt, isNotNull, sql } from "drizzle-orm";
import type { Links } from "../domain/link.ts";
import type { Queries } from "./database.ts";
import { given, prepared } from "./prepared.ts";
import { links } from "./schema.ts";

/** The link's state, as its undo keeps it, and its state before. */
const standing = sql`json_object('state', ${links.state}, 'sendAt', ${links.sendAt})`;
const before = sql`json_extract(${links.undo}, '$.state')`;

const isOfChat = eq(links.chatId, given("chatId"));
const isUntil = eq(links.sendAt, given("until"));

/** Counts a change that a link's prompt does not show yet. */
export const ONE_MORE = sql`${links.unshownChanges} + 1`;

/** Changes to all of a chat's links at once, in one statement each, and links that were changed together. */
export function createBulkChanges(db: Queries): Pick<Links, "removeAllOf" | "restoreAllOf" | "removedTogether"> {
  const removeAllOf = prepared(() =>
    db
      .update(links)
      .set({ undo: standing, state: "removed", sendAt: sql`${given("until")}`, unshownChanges: ONE_MORE })
      .where(and(isOfChat, sql`${links.state} not in ('removed', 'sending', 'uncertain')`))
      .returning({ id: sql`1` }),
  );
  const removedTogether = prepared(() =>
    db
      .select()
      .from(links)
      .where(
        and(
          sql`"links"."state" = 'removed'`,
          isUntil,
          gt(links.id, given("after")),
          sql`+${links.chatId} = ${given("chatId")}`,
        ),
      )
      .orderBy(asc(links.id))
      .limit(given("limit")),
  );
  const restoreAllOf = prepared(() =>
    db
      .update(links)
      .set({
        undo: null,
        // A downloader that takes it may have registered meanwhile: the next tick finds out.
        state: sql`iif(${before} in ('unmatched', 'unreachable'), 'queued', ${before})`,
        sendAt: sql`json_extract(${links.undo}, '$.sendAt')`,
        unshownChanges: ONE_MORE,
      })
      .where(and(isOfChat, sql`${links.state} = 'removed'`, isUntil, isNotNull(links.undo))),
  );
  return {
    removeAllOf: (chatId, until) => removeAllOf.all({ chatId, until }).length,
    removedTogether: (of) => removedTogether.all(of),
    restoreAllOf: (chatId, until) => restoreAllOf.run({ chatId, until }),
  };
}
