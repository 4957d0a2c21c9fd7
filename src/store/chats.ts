import { eq } from "drizzle-orm";
import type { Chat, Chats } from "../domain/chat.ts";
import type { Queries } from "./database.ts";
import { chats } from "./schema.ts";

/** What chats have chosen, in SQLite. */
export function createChats(db: Queries): Chats & { all(): Chat[] } {
  return {
    all: () => db.select().from(chats).all(),
    byId: (chatId) => db.select().from(chats).where(eq(chats.chatId, chatId)).get(),
    update: (chatId, change) => {
      db.insert(chats)
        .values({ chatId, ...change })
        .onConflictDoUpdate({ target: chats.chatId, set: { chatId, ...change } })
        .run();
    },
    remove: (chatId) => {
      db.delete(chats).where(eq(chats.chatId, chatId)).run();
    },
  };
}
