import { index, integer, primaryKey, sqliteTable } from "drizzle-orm/sqlite-core";

/** Downloads that are to be cancelled once that can no longer be undone. */
export const cancellations = sqliteTable(
  "cancellations",
  {
    deliveryId: integer("delivery_id").primaryKey(),
    cancelAt: integer("cancel_at").notNull(),
  },
  (table) => [index("cancellations_due").on(table.cancelAt)],
);

/** The message of each chat or topic that shows what is in work there; `thread_id` is 0 outside of topics. */
export const workMessages = sqliteTable(
  "work_messages",
  {
    chatId: integer("chat_id").notNull(),
    threadId: integer("thread_id").notNull(),
    messageId: integer("message_id").notNull(),
    sentAt: integer("sent_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.chatId, table.threadId] })],
);
