import { and, asc, count, eq, lt, lte, min, sql } from "drizzle-orm";
import type { Deletions } from "../domain/message.ts";
import { createBringBack, NOW } from "./bring-back.ts";
import type { Queries } from "./database.ts";
import { given, isAmong, listed, prepared, preparedWrite } from "./prepared.ts";
import { deletions } from "./schema.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";

const isOfChat = eq(deletions.chatId, given("chatId"));
const isOneOf = and(isOfChat, isAmong(deletions.messageId, "messageIds"));
const isDue = lte(deletions.deleteAt, given("now"));
const deleteAt = sql`${given("deleteAt")}`;

/** The outbox of deletions in SQLite. */
export function createDeletions(db: Queries, untilWritten: UntilWritten = everyTime): Deletions {
  const add = preparedWrite(deletions, (deletion) =>
    db
      .insert(deletions)
      .values(deletion)
      .onConflictDoUpdate({
        target: [deletions.chatId, deletions.messageId],
        set: {
          deleteAt: sql`min(${deletions.deleteAt}, excluded.delete_at)`,
          batchId: sql`coalesce(excluded.batch_id, ${deletions.batchId})`,
        },
      }),
  );
  // Without the plus, SQLite would read all that is planned, in the order of chats, instead of looking up what is due.
  const dueChats = prepared(() =>
    db
      .select({ chatId: deletions.chatId })
      .from(deletions)
      .where(isDue)
      .groupBy(sql`+${deletions.chatId}`)
      .orderBy(asc(min(deletions.deleteAt))),
  );
  const first = prepared(() =>
    db.select({ deleteAt: deletions.deleteAt }).from(deletions).orderBy(asc(deletions.deleteAt)).limit(1),
  );
  const firstDueAt = untilWritten(() => first.get()?.deleteAt ?? Number.POSITIVE_INFINITY);
  const firstDue = prepared(() =>
    db.select({ chatId: deletions.chatId }).from(deletions).where(isDue).orderBy(asc(deletions.deleteAt)).limit(1),
  );
  const dueOfChat = prepared(() => db.select().from(deletions).where(and(isOfChat, isDue)).limit(given("limit")));
  const done = prepared(() => db.delete(deletions).where(isOneOf));
  const prolong = prepared(() =>
    db
      .update(deletions)
      .set({ deleteAt })
      .where(and(isOfChat, eq(deletions.messageId, given("messageId")), lt(deletions.deleteAt, given("deleteAt")))),
  );
  const postpone = prepared(() => db.update(deletions).set({ deleteAt }).where(isOneOf));
  const bringBack = createBringBack(db, deletions, { instant: deletions.deleteAt, set: { deleteAt: NOW } });
  const counted = prepared(() => db.select({ n: count() }).from(deletions));
  return {
    add: (deletion) => add(deletion).run({ ...deletion }),
    dueChats: (now) => (firstDueAt() > now ? [] : dueChats.all({ now }).map(({ chatId }) => chatId)),
    dueOfOneChat: (now, limit, chatId = firstDue.get({ now })?.chatId) =>
      chatId === undefined ? [] : dueOfChat.all({ chatId, now, limit }),
    done: (chatId, messageIds) => done.run({ chatId, messageIds: listed(messageIds) }),
    prolong: (chatId, messageId, until) => prolong.run({ chatId, messageId, deleteAt: until }),
    postpone: (chatId, messageIds, until) => postpone.run({ chatId, messageIds: listed(messageIds), deleteAt: until }),
    bringBack,
    count: () => counted.get()?.n ?? 0,
  };
}
