import { and, eq, lt } from "drizzle-orm";
import type { ProcessedMessages } from "../domain/message.ts";
import type { Queries } from "./database.ts";
import { deleteSome } from "./delete-some.ts";
import { processedMessages } from "./update-schema.ts";

/** The links of messages already taken, in SQLite. */
export function createProcessedMessages(db: Queries): ProcessedMessages {
  return {
    take({ chatId, messageId }, keys, receivedAt) {
      const taken = db
        .select()
        .from(processedMessages)
        .where(and(eq(processedMessages.chatId, chatId), eq(processedMessages.messageId, messageId)))
        .get();
      const fresh = keys.filter((key) => !taken?.keys.includes(key));
      if (fresh.length === 0) return [];
      const row = { chatId, messageId, receivedAt, keys: [...(taken?.keys ?? []), ...fresh] };
      db.insert(processedMessages)
        .values(row)
        .onConflictDoUpdate({ target: [processedMessages.chatId, processedMessages.messageId], set: row })
        .run();
      return fresh;
    },
    forgetBefore: (receivedAt, limit) =>
      deleteSome(db, processedMessages, { where: lt(processedMessages.receivedAt, receivedAt), limit }),
    forgetOf: (chatId, limit) =>
      deleteSome(db, processedMessages, { where: eq(processedMessages.chatId, chatId), limit }),
  };
}
