import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Which links of a message were taken: Telegram may deliver an update twice, and people edit (natural key, kept 48 h). */
export const processedMessages = sqliteTable(
  "intake",
  {
    chatId: integer("chat_id").notNull(),
    messageId: integer("message_id").notNull(),
    receivedAt: integer("received_at").notNull(),
    keys: text({ mode: "json" }).$type<readonly string[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.chatId, table.messageId] }), index("intake_received").on(table.receivedAt)],
);

/** Updates that are being handled: one that is still here after several crashes is skipped. */
export const updatesInProgress = sqliteTable("updates_in_work", {
  updateId: integer("update_id").primaryKey(),
  tries: integer().notNull().default(1),
});
