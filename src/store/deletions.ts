import { and, asc, count, eq, inArray, lt, lte, notInArray, sql } from "drizzle-orm";
import type { Deletions } from "../domain/message.ts";
import type { Queries } from "./database.ts";
import { deletions } from "./schema.ts";

/** The outbox of deletions in SQLite. */
export function createDeletions(db: Queries): Deletions {
  const these = (chatId: number, messageIds: readonly number[]) =>
    and(eq(deletions.chatId, chatId), inArray(deletions.messageId, [...messageIds]));
  return {
    add: (deletion) => {
      db.insert(deletions)
        .values(deletion)
        .onConflictDoUpdate({
          target: [deletions.chatId, deletions.messageId],
          set: {
            deleteAt: sql`min(${deletions.deleteAt}, excluded.delete_at)`,
            batchId: sql`coalesce(excluded.batch_id, ${deletions.batchId})`,
          },
        })
        .run();
    },
    dueOfOneChat: (now, limit, except = []) => {
      const first = db
        .select({ chatId: deletions.chatId })
        .from(deletions)
        .where(and(lte(deletions.deleteAt, now), notInArray(deletions.chatId, [...except])))
        .orderBy(asc(deletions.deleteAt))
        .limit(1)
        .get();
      if (first === undefined) return [];
      return db
        .select()
        .from(deletions)
        .where(and(eq(deletions.chatId, first.chatId), lte(deletions.deleteAt, now)))
        .limit(limit)
        .all();
    },
    done: (chatId, messageIds) => {
      db.delete(deletions).where(these(chatId, messageIds)).run();
    },
    prolong: (chatId, messageId, deleteAt) => {
      db.update(deletions)
        .set({ deleteAt })
        .where(and(these(chatId, [messageId]), lt(deletions.deleteAt, deleteAt)))
        .run();
    },
    postpone: (chatId, messageIds, deleteAt) => {
      db.update(deletions).set({ deleteAt }).where(these(chatId, messageIds)).run();
    },
    count: () => db.select({ n: count() }).from(deletions).get()?.n ?? 0,
  };
}
