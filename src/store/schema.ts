import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import type { NoticeStyle } from "../domain/chat.ts";
import type { DeliveryState } from "../domain/delivery.ts";
import type { DownloadStatus } from "../domain/downloader.ts";
import type { BeforeRemoval, Failure, LinkState } from "../domain/link.ts";
import type { MessageRef } from "../domain/message.ts";
import type { GrantedRole, GrantUndo } from "../domain/role.ts";
import { quality } from "./quality-column.ts";

/**
 * The queue: links that are not handed over yet (rule 2). Ids are never reused, because buttons refer to them. With the partial index, a
 * tick costs only as much as is due, not as is queued; its condition is repeated in `isClaimable`.
 */
export const links = sqliteTable(
  "links",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatId: integer("chat_id").notNull(),
    threadId: integer("thread_id"),
    messageId: integer("message_id"),
    keepsMessage: integer("keeps_message", { mode: "boolean" }).notNull().default(false),
    promptId: integer("prompt_id"),
    promptedAt: integer("prompted_at"),
    unshownChanges: integer("unshown_changes").notNull().default(0),
    batchId: integer("batch_id"),
    sender: text().notNull(),
    senderId: integer("sender_id"),
    title: text(),
    url: text().notNull(),
    key: text().notNull(),
    quality: quality().notNull(),
    folder: text(),
    downloader: text(),
    sendAt: integer("send_at").notNull(),
    state: text().$type<LinkState>().notNull().default("queued"),
    attempts: integer().notNull().default(0),
    lastError: text("last_error", { mode: "json" }).$type<Failure>(),
    undo: text({ mode: "json" }).$type<BeforeRemoval>(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    unique("links_chat_key").on(table.chatId, table.key),
    index("links_due").on(table.sendAt, table.id).where(sql`"state" in ('queued', 'uncertain')`),
    index("links_turn").on(table.chatId, table.sendAt, table.id).where(sql`"state" in ('queued', 'uncertain')`),
    index("links_key").on(table.key),
    index("links_message").on(table.chatId, table.messageId),
    index("links_chat").on(table.chatId, sql`("state" = 'failed')`, table.sendAt, table.id),
    index("links_all").on(sql`("state" = 'failed')`, table.sendAt, table.id),
    index("links_unmatched").on(table.id).where(sql`"state" = 'unmatched'`),
    index("links_postponed")
      .on(table.id)
      .where(sql`("state" = 'unreachable' or ("state" = 'queued' and "attempts" > 0))`),
    index("links_being_handed_over").on(table.id).where(sql`"state" in ('sending', 'uncertain')`),
    index("links_unprompted").on(table.id).where(sql`"prompt_id" is null`),
    index("links_removed").on(table.sendAt).where(sql`"state" = 'removed'`),
    index("links_batch").on(table.batchId).where(sql`"batch_id" is not null`),
    index("links_arrived").on(table.chatId, table.createdAt),
    index("links_prompted").on(table.promptedAt).where(sql`"prompt_id" is not null`),
    index("links_behind").on(table.id).where(sql`"unshown_changes" > 0`),
  ],
);
/** The open attempt of a link; at most one, since downloaders are tried one after another. */
export const attempts = sqliteTable("attempts", {
  linkId: integer("link_id")
    .primaryKey()
    .references(() => links.id, { onDelete: "cascade" }),
  downloader: text().notNull(),
  startedAt: integer("started_at").notNull(),
  asks: integer().notNull().default(0),
});

/** Who owns what the downloaders report (rules 8 and 13). */
export const deliveries = sqliteTable(
  "deliveries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    linkId: integer("link_id").notNull().unique(),
    chatId: integer("chat_id").notNull(),
    threadId: integer("thread_id"),
    messageId: integer("message_id"),
    batchId: integer("batch_id"),
    keepsMessage: integer("keeps_message", { mode: "boolean" }).notNull().default(false),
    sender: text().notNull(),
    senderId: integer("sender_id"),
    title: text(),
    url: text().notNull(),
    key: text().notNull(),
    quality: quality().notNull(),
    folder: text(),
    downloader: text().notNull(),
    state: text().$type<DeliveryState>().notNull().default("open"),
    status: text().$type<DownloadStatus>(),
    name: text(),
    trouble: text(),
    seenAt: integer("seen_at"),
    acceptedAt: integer("accepted_at").notNull(),
    closedAt: integer("closed_at"),
  },
  (table) => [
    index("deliveries_key").on(table.key, table.acceptedAt),
    index("deliveries_chat").on(table.chatId, table.acceptedAt),
    index("deliveries_message").on(table.chatId, table.messageId).where(sql`"message_id" is not null`),
    index("deliveries_batch").on(table.batchId).where(sql`"batch_id" is not null`),
    index("deliveries_open").on(table.downloader).where(sql`"state" = 'open'`),
    index("deliveries_in_work").on(table.chatId, table.threadId).where(sql`"state" = 'open'`),
    index("deliveries_failed")
      .on(table.chatId, table.threadId)
      .where(sql`"state" = 'open' and "status" = 'NEW' and "trouble" is not null`),
    index("deliveries_closed").on(table.closedAt),
    index("deliveries_done").on(table.chatId, table.closedAt).where(sql`"state" = 'done'`),
  ],
);

/** The registry (rule 11) with each connection record (rule 12). */
export const downloaders = sqliteTable("downloaders", {
  name: text().primaryKey(),
  roots: text({ mode: "json" }).$type<readonly string[]>().notNull(),
  host: text().notNull(),
  port: integer().notNull(),
  registeredAt: integer("registered_at").notNull(),
  lastSeenAt: integer("last_seen_at"),
  failures: integer().notNull().default(0),
  paused: integer({ mode: "boolean" }).notNull().default(false),
});

/** Messages to delete from chats: an outbox that survives restarts (rule 15). */
export const deletions = sqliteTable(
  "deletions",
  {
    chatId: integer("chat_id").notNull(),
    messageId: integer("message_id").notNull(),
    deleteAt: integer("delete_at").notNull(),
    batchId: integer("batch_id"),
  },
  (table) => [primaryKey({ columns: [table.chatId, table.messageId] }), index("deletions_due").on(table.deleteAt)],
);

/** What a chat has chosen for itself, and the language its people were last seen with. */
export const chats = sqliteTable("chats", {
  chatId: integer("chat_id").primaryKey(),
  language: text().$type<"ru" | "en">(),
  seenLanguage: text("seen_language").$type<"ru" | "en">(),
  quality: quality(),
  folder: text(),
  lifetimeMs: integer("lifetime_ms"),
  notices: text().$type<NoticeStyle>(),
  quiet: text(),
  zone: text(),
  blockedAt: integer("blocked_at"),
  menu: text(),
});

/** Who was let in at run time; ids in the config always stay (rule 9). */
export const grants = sqliteTable("grants", {
  id: integer().primaryKey(),
  role: text().$type<GrantedRole>().notNull(),
  until: integer(),
  name: text().notNull(),
  grantedBy: integer("granted_by").notNull(),
  grantedAt: integer("granted_at").notNull(),
  undo: text({ mode: "json" }).$type<GrantUndo>(),
  warned: integer({ mode: "boolean" }).notNull().default(false),
});

/** Who asked for access, and what admins were shown or said about it. */
export const strangers = sqliteTable(
  "strangers",
  {
    id: integer().primaryKey(),
    name: text().notNull(),
    askedAt: integer("asked_at").notNull(),
    threadId: integer("thread_id"),
    shownIn: text("cards", { mode: "json" }).$type<readonly MessageRef[]>().notNull(),
    refusedUntil: integer("refused_until"),
    refusedBy: integer("refused_by"),
  },
  (table) => [index("strangers_asked").on(table.askedAt)],
);

/** Messages from strangers: handled as if they had just come when their senders are let in. */
export const heldMessages = sqliteTable(
  "held_messages",
  {
    chatId: integer("chat_id").notNull(),
    messageId: integer("message_id").notNull(),
    links: integer().notNull(),
    heldAt: integer("held_at").notNull(),
    content: text({ mode: "json" }).$type<unknown>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.chatId, table.messageId] })],
);

/** Links with which people can let themselves in, once. */
export const invites = sqliteTable("invites", {
  code: text().primaryKey(),
  role: text().$type<GrantedRole>().notNull(),
  lastsMs: integer("lasts_ms"),
  createdBy: integer("created_by").notNull(),
  expiresAt: integer("expires_at").notNull(),
});

/** Links that went to another downloader while this one was silent, which must not download them as well (reliability.md §2.4). */
export const supersededSubmissions = sqliteTable(
  "strays",
  {
    key: text().notNull(),
    downloader: text().notNull(),
    since: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.downloader] }), index("strays_since").on(table.since)],
);

/** The version of the rules by which something that is computed from the rest was stored: so far, keys. */
export const ruleVersions = sqliteTable("rule_versions", {
  name: text().primaryKey(),
  version: integer().notNull(),
});
