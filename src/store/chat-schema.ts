import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AdminAlert } from "../domain/admin-alert.ts";
import type { NewsKind } from "../domain/news.ts";

/**
 * News that people wait for and have not read yet (rules.md §3.4). `about` is the id of a delivery, or of a link if that has failed;
 * `message_id` is null until the news is told.
 */
export const news = sqliteTable(
  "news",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatId: integer("chat_id").notNull(),
    threadId: integer("thread_id"),
    messageId: integer("message_id"),
    kind: text().$type<NewsKind>().notNull(),
    about: integer().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("news_message").on(table.chatId, table.messageId),
    index("news_about").on(table.chatId, table.about),
    index("news_untold").on(table.chatId, table.threadId, table.id).where(sql`"message_id" is null`),
    index("news_created").on(table.createdAt),
  ],
);

/** The one message that tells an admin whether the bot is running. */
export const presenceMessages = sqliteTable("presence_messages", {
  chatId: integer("chat_id").primaryKey(),
  messageId: integer("message_id").notNull(),
  until: integer().notNull(),
});

/** Alarms on their way to the admins. */
export const untoldAlarms = sqliteTable("untold_alarms", {
  key: text().primaryKey(),
  alert: text({ mode: "json" }).$type<AdminAlert>().notNull(),
});

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
