import { eq } from "drizzle-orm";
import type { PresenceMessages } from "../domain/presence.ts";
import { presenceMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";

/** Which message tells an admin whether the bot is running, in SQLite. */
export function createPresenceMessages(db: Queries): PresenceMessages {
  const of = prepared(() =>
    db
      .select()
      .from(presenceMessages)
      .where(eq(presenceMessages.chatId, given("chatId"))),
  );
  const save = preparedWrite(presenceMessages, (set) =>
    db.insert(presenceMessages).values(set).onConflictDoUpdate({ target: presenceMessages.chatId, set }),
  );
  return {
    of: (chatId) => of.get({ chatId }),
    save: (message) => save(message).run({ ...message }),
  };
}
