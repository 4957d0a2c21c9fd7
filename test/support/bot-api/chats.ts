import type { Account, ChatRecord, Message } from "./message.ts";
import { integer } from "./parameters.ts";
import { badRequest, forbidden, Refused } from "./refusal.ts";

/** One chat as the server knows it; `messages` are the live ones, by id. */
export interface Chat {
  readonly record: ChatRecord;
  readonly messages: Map<number, Message>;
  /** What only one member and the bot see, by `ephemeral_message_id`. */
  readonly ephemeral: Map<number, Message>;
  /** The bot's reactions, by message id. */
  readonly reactions: Map<number, readonly string[]>;
  /** Forum topics, by `message_thread_id`; General is none of them. */
  readonly topics: Map<number, string>;
  /** Topics in which only administrators may write; General is 1 here. */
  readonly closedTopics: Set<number>;
  readonly members: Map<number, Account>;
  /** Ids of the people who administer it. */
  readonly admins: Set<number>;
  /** Why the bot may not write here; undefined if it may. */
  closedBecause: Refused | undefined;
  migratedTo: number | undefined;
  botIsAdmin: boolean;
  /** Bot API: `ChatPermissions`; only administrators may write. */
  onlyAdminsWrite: boolean;
  /** Bot API: in a group the bot needs the right to delete what others wrote. */
  botMayDelete: boolean;
}

/** A message that was deleted: what it was, when (epoch ms), and by whom. */
export interface Deletion {
  readonly chatId: number;
  readonly messageId: number;
  readonly message: Message;
  readonly at: number;
  readonly byBot: boolean;
}

export type NewMessage = Omit<Message, "message_id" | "chat" | "date">;

/** All chats of the fake, and the true set of live messages. */
export interface Chats {
  readonly deleted: readonly Deletion[];
  open(record: ChatRecord): Chat;
  get(id: number): Chat | undefined;
  /** The chat that a `chat_id` parameter names (a number, its text or `@username`); refuses an unknown or upgraded one. */
  named(chatId: unknown): Chat;
  /** As `named`, and the bot may see what is there: not in a supergroup or channel that it is not in. */
  readable(chatId: unknown): Chat;
  /** As `named`, and the bot is a member: its messages there can be changed, and its members seen. */
  reachable(chatId: unknown): Chat;
  /** As `named`, and the bot may write there. */
  writable(chatId: unknown): Chat;
  /** Gives the message an id and a date: each supergroup has its own ids, all other chats share theirs. */
  post(chat: Chat, message: NewMessage): Message;
  /** The same for an ephemeral message, which has no id among the others. */
  postEphemeral(chat: Chat, message: NewMessage): Message;
  remove(chat: Chat, messageId: number, byBot: boolean): void;
}

/** Bot API: `sendMessage` to a person who never wrote first. */
export const NEVER_STARTED = forbidden("bot can't initiate conversation with a user");

/** td: what a member may not do; nobody tells the bot that it may not any more. */
const MUTED = badRequest("not enough rights to send text messages to the chat");

/** The id of a forum's General, which no message carries. */
export const GENERAL = 1;

/** Bot API: for a person who has deleted the account. */
export const DEACTIVATED = forbidden("user is deactivated");

/** An empty world; `now` is in epoch ms. */
export function createChats(now: () => number): Chats {
  const chats = new Map<number, Chat>();
  const deleted: Deletion[] = [];
  let lastEphemeralId = 29_000_000;
  const lastIds = new Map<number | "shared", number>();
  const named = (chatId: unknown): Chat => {
    if (chatId === undefined || chatId === "") throw badRequest("chat_id is empty");
    const username = typeof chatId === "string" && chatId.startsWith("@") ? chatId.slice(1) : undefined;
    const chat =
      username === undefined
        ? chats.get(integer(chatId) ?? Number.NaN)
        : [...chats.values()].find(({ record }) => record.type !== "private" && record.username === username);
    if (chat === undefined) throw badRequest("chat not found");
    if (chat.migratedTo !== undefined) {
      throw new Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", {
        migrate_to_chat_id: chat.migratedTo,
      });
    }
    return chat;
  };
  return {
    deleted,
    open(record) {
      const chat: Chat = {
        record,
        messages: new Map(),
        ephemeral: new Map(),
        reactions: new Map(),
        topics: new Map(),
        closedTopics: new Set(),
        members: new Map(),
        admins: new Set(),
        closedBecause: record.type === "private" ? NEVER_STARTED : undefined,
        migratedTo: undefined,
        botIsAdmin: true,
        onlyAdminsWrite: false,
        botMayDelete: true,
      };
      chats.set(record.id, chat);
      return chat;
    },
    get: (id) => chats.get(id),
    named,
    // `Client.cpp`, `check_chat_access`: only the servers behind it know that somebody has blocked the bot.
    readable(chatId) {
      const chat = named(chatId);
      const isClosed = chat.record.type === "supergroup" || chat.record.type === "channel";
      if (isClosed && chat.closedBecause !== undefined) throw chat.closedBecause;
      return chat;
    },
    reachable(chatId) {
      const chat = named(chatId);
      const { closedBecause: why } = chat;
      if (why !== undefined && (chat.record.type !== "private" || why === DEACTIVATED)) throw why;
      return chat;
    },
    writable(chatId) {
      const chat = named(chatId);
      if (chat.closedBecause !== undefined) throw chat.closedBecause;
      if (chat.onlyAdminsWrite && !chat.botIsAdmin) throw MUTED;
      return chat;
    },
    post(chat, message) {
      const supergroup = chat.record.type === "supergroup";
      const counter = supergroup ? chat.record.id : "shared";
      // A supergroup's message 1 is its creation, and the id of a forum's General.
      const id = (lastIds.get(counter) ?? (supergroup ? 1 : 0)) + 1;
      lastIds.set(counter, id);
      const date = Math.floor(now() / 1000);
      // Bot API: everything in a channel is written in its name.
      const author = chat.record.type === "channel" ? { sender_chat: chat.record } : {};
      const posted: Message = { message_id: id, chat: chat.record, date, ...author, ...message };
      chat.messages.set(id, posted);
      return posted;
    },
    postEphemeral(chat, message) {
      lastEphemeralId += 1;
      const ids = { message_id: 0, ephemeral_message_id: lastEphemeralId };
      const posted: Message = { ...ids, chat: chat.record, date: Math.floor(now() / 1000), ...message };
      chat.ephemeral.set(lastEphemeralId, posted);
      return posted;
    },
    remove(chat, messageId, byBot) {
      const message = chat.messages.get(messageId);
      if (message === undefined) return;
      chat.messages.delete(messageId);
      chat.reactions.delete(messageId);
      deleted.push({ chatId: chat.record.id, messageId, message, at: now(), byBot });
    },
  };
}
