import { and, eq, lt, lte, max } from "drizzle-orm";
import type { ProcessedMessages } from "../domain/message.ts";
import { createBringBack, NOW } from "./bring-back.ts";
import { processedMessages } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { createDeleteSome } from "./delete-some.ts";
import { given, prepared, preparedWrite } from "./prepared.ts";

const isOfChat = eq(processedMessages.chatId, given("chatId"));
const target = [processedMessages.chatId, processedMessages.messageId];

/** The links of messages already taken, in SQLite. */
export function createProcessedMessages(db: Queries): ProcessedMessages {
  const byMessage = prepared(() =>
    db
      .select()
      .from(processedMessages)
      .where(and(isOfChat, eq(processedMessages.messageId, given("messageId")))),
  );
  const add = preparedWrite(processedMessages, (message) =>
    db.insert(processedMessages).values(message).onConflictDoNothing().returning({ id: processedMessages.messageId }),
  );
  const save = preparedWrite(processedMessages, (set) =>
    db.insert(processedMessages).values(set).onConflictDoUpdate({ target, set }),
  );
  const newest = prepared(() =>
    db
      .select({ at: max(processedMessages.receivedAt) })
      .from(processedMessages)
      .where(lte(processedMessages.receivedAt, given("now"))),
  );
  const forgetBefore = createDeleteSome(db, processedMessages, lt(processedMessages.receivedAt, given("receivedAt")));
  const bringBack = createBringBack(db, processedMessages, {
    instant: processedMessages.receivedAt,
    set: { receivedAt: NOW },
  });
  const forgetOf = createDeleteSome(db, processedMessages, isOfChat);
  return {
    take({ chatId, messageId }, keys, receivedAt) {
      if (keys.length === 0) return [];
      const first = { chatId, messageId, receivedAt, keys };
      if (add(first).get(first) !== undefined) return [...keys];
      const taken = byMessage.get({ chatId, messageId });
      const fresh = keys.filter((key) => !taken?.keys.includes(key));
      if (fresh.length === 0) return [];
      const row = { chatId, messageId, receivedAt, keys: [...(taken?.keys ?? []), ...fresh] };
      save(row).run(row);
      return fresh;
    },
    newestAt: (now) => newest.get({ now })?.at ?? undefined,
    bringBack,
    forgetBefore: (receivedAt, limit) => forgetBefore({ receivedAt, limit }),
    forgetOf: (chatId, limit) => forgetOf({ chatId, limit }),
  };
}
