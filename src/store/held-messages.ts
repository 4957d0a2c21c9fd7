import { and, asc, count, eq, lt } from "drizzle-orm";
import type { HeldMessages } from "../domain/held-message.ts";
import type { Queries } from "./database.ts";
import { heldMessages } from "./schema.ts";

/** Messages of strangers, in SQLite. */
export function createHeldMessages(db: Queries): HeldMessages {
  return {
    hold: (message) => {
      db.insert(heldMessages)
        .values(message)
        .onConflictDoUpdate({ target: [heldMessages.chatId, heldMessages.messageId], set: message })
        .run();
    },
    of: (chatId) =>
      db.select().from(heldMessages).where(eq(heldMessages.chatId, chatId)).orderBy(asc(heldMessages.messageId)).all(),
    chats: () =>
      db
        .selectDistinct({ chatId: heldMessages.chatId })
        .from(heldMessages)
        .all()
        .map(({ chatId }) => chatId),
    count: () => db.select({ n: count() }).from(heldMessages).get()?.n ?? 0,
    drop: ({ chatId, messageId }) => {
      db.delete(heldMessages)
        .where(and(eq(heldMessages.chatId, chatId), eq(heldMessages.messageId, messageId)))
        .run();
    },
    dropAll: (chatId) => {
      db.delete(heldMessages).where(eq(heldMessages.chatId, chatId)).run();
    },
    forgetBefore: (heldAt) => {
      db.delete(heldMessages).where(lt(heldMessages.heldAt, heldAt)).run();
    },
  };
}
