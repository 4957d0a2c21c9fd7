import type { Quality } from "./quality.ts";

/** A chat, or one topic of it. */
export interface ChatPlace {
  readonly chatId: number;
  /** Null outside of topics and in General (Bot API: General takes no thread id). */
  readonly threadId: number | null;
}

/** A key by which two places are the same. */
export const placeKey = ({ chatId, threadId }: ChatPlace): string => `${chatId} ${threadId}`;

/** Languages in which everything a person reads exists. */
export type Language = "en" | "ru";

/** How a chat wants to hear that a download is done or has failed: by a short message, by a reaction on its own message, or not at all. */
export type NoticeStyle = "message" | "reaction" | "off";

/** What a chat has chosen for itself; null means the config's default. */
export interface Chat {
  readonly chatId: number;
  /** Chosen with /settings. */
  readonly language: Language | null;
  /** The language of the person who last wrote or, in a group, of whoever added the bot or wrote first; from Telegram's `language_code`. */
  readonly seenLanguage: Language | null;
  /** Its default quality (rule 7). */
  readonly quality: Quality | null;
  /** Its default folder. */
  readonly folder: string | null;
  /** How long the bot's messages and the commands to it stay; 0: for ever. */
  readonly lifetimeMs: number | null;
  readonly notices: NoticeStyle | null;
  /** When its news makes no sound: see `parseQuietHours`. */
  readonly quiet: string | null;
  /** As `parseZone` reads it. */
  readonly zone: string | null;
  /** Epoch ms since when the bot cannot write there (Bot API: 403); the chat's links stay. */
  readonly blockedAt: number | null;
  /** What the menu of commands that Telegram shows there was made from; null if it shows the strangers' menu. */
  readonly menu: string | null;
}

/** The table of chats. Each function may throw `StoreUnavailable`. */
export interface Chats {
  byId(chatId: number): Chat | undefined;
  update(chatId: number, change: Partial<Omit<Chat, "chatId">>): void;
  remove(chatId: number): void;
}
