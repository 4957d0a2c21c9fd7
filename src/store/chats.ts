import { eq } from "drizzle-orm";
import type { Chat, Chats } from "../domain/chat.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";
import { createRemembered } from "./remembered.ts";
import { chats } from "./schema.ts";

const isIt = eq(chats.chatId, given("chatId"));

/** What chats have chosen, in SQLite; see `Remembered`. */
export function createChats(db: Queries): Chats & { all(): Chat[]; forgetRemembered(): void } {
  const all = prepared(() => db.select().from(chats));
  const byId = prepared(() => db.select().from(chats).where(isIt));
  const update = preparedWrite(chats, (set) =>
    db.insert(chats).values(set).onConflictDoUpdate({ target: chats.chatId, set }),
  );
  const remove = prepared(() => db.delete(chats).where(isIt));
  const remembered = createRemembered((chatId) => byId.get({ chatId }));
  return {
    all: () => all.all(),
    byId: remembered.byId,
    update: (chatId, change) => {
      const row = { ...change, chatId };
      remembered.forget(chatId);
      update(row).run(row);
    },
    remove: (chatId) => {
      remembered.forget(chatId);
      remove.run({ chatId });
    },
    forgetRemembered: remembered.forgetAll,
  };
}
