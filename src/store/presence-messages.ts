import { eq } from "drizzle-orm";
import type { PresenceMessages } from "../domain/presence.ts";
import { presenceMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";

/** Which message tells an admin whether the bot runs, in SQLite. */
export function createPresenceMessages(db: Queries): PresenceMessages {
  return {
    of: (chatId) => db.select().from(presenceMessages).where(eq(presenceMessages.chatId, chatId)).get(),
    save: ({ chatId, ...message }) => {
      db.insert(presenceMessages)
        .values({ chatId, ...message })
        .onConflictDoUpdate({ target: presenceMessages.chatId, set: message })
        .run();
    },
  };
}
