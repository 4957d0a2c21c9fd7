import type { Quality } from "./quality.ts";

/** Languages in which everything a person reads exists. */
export type Language = "en" | "ru";

/** What a chat has chosen for itself; null means the config's default. */
export interface Chat {
  readonly chatId: number;
  /** Chosen with /settings. */
  readonly language: Language | null;
  /** Of the person who last wrote, by Telegram's `language_code`. */
  readonly seenLanguage: Language | null;
  /** Its default quality (rule 7). */
  readonly quality: Quality | null;
}

/** The table of chats. Each function may throw `StoreUnavailable`. */
export interface Chats {
  byId(chatId: number): Chat | undefined;
  update(chatId: number, change: Partial<Omit<Chat, "chatId">>): void;
}
