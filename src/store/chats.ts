import { eq } from "drizzle-orm";
import type { Chat, Chats } from "../domain/chat.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { chats } from "./schema.ts";

const isIt = eq(chats.chatId, given("chatId"));

/** What chats have chosen, in SQLite. */
export function createChats(db: Queries): Chats & { all(): Chat[] } {
  const all = prepared(() => db.select().from(chats));
  const byId = prepared(() => db.select().from(chats).where(isIt));
  const update = preparedWrite(chats, (set) =>
    db.insert(chats).values(set).onConflictDoUpdate({ target: chats.chatId, set }),
  );
  const remove = prepared(() => db.delete(chats).where(isIt));
  return {
    all: () => all.all(),
    byId: (chatId) => byId.get({ chatId }),
    update: (chatId, change) => {
      const row = { ...change, chatId };
      update(row).run(row);
    },
    remove: (chatId) => remove.run({ chatId }),
  };
}
