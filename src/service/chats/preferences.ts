import type { Chat, Chats, Language, NoticeStyle } from "../../domain/chat.ts";
import type { Log } from "../../domain/log.ts";
import type { Quality } from "../../domain/quality.ts";
import { parseQuietHours, type QuietHours } from "../../domain/quiet-hours.ts";
import { type LateWrites, unlessUnavailable } from "../../domain/storage.ts";
import { parseZone } from "../../domain/zone.ts";

/**
 * What applies to a chat: its own choices, or else the config's (rule 7). Never throws unless it says so: without the database, the
 * config's apply.
 */
export interface Preferences {
  quality(chatId: number): Quality;
  /** Null if the config has no folders. */
  folder(chatId: number): string | null;
  notices(chatId: number): NoticeStyle;
  /** When its news makes no sound; undefined: it always does. */
  quiet(chatId: number): QuietHours | undefined;
  /** The time zone of the chat, as `Temporal` takes it. */
  zone(chatId: number): string;
  /** How long a kind of message stays in this chat, in ms, if the config says `usualMs`; undefined: for ever. */
  lifetimeMs(chatId: number, usualMs: number): number | undefined;
  /** Whether nothing goes by itself in this chat, including its people's messages. */
  keepsAll(chatId: number): boolean;
  /** `languageCode` decides for a chat that is not known yet. */
  language(chatId: number, languageCode?: string): Language;
  /** What the chat itself has chosen; null where it leaves that to the config. */
  own(chatId: number): Pick<Chat, "language" | "lifetimeMs" | "quiet" | "zone">;
  /**
   * Notes the language of the person who wrote or pressed, from Telegram's `language_code`. A group keeps the first one: its language must
   * not depend on who speaks.
   */
  saw(chatId: number, languageCode: string | undefined): void;
  /** Notes the language of the person who added the bot to a group, which the bot speaks there from now on. */
  addedBy(chatId: number, languageCode: string | undefined): void;
  /** Bot API: a group got a new id. It goes on in its language, whoever has made it a supergroup; see `moveChat` for the rest. */
  moved(from: number, to: number): void;
  /** True while the bot cannot write to the chat. */
  isBlocked(chatId: number): boolean;
  /** Notes whether the bot can write to the chat (Bot API: 403, `my_chat_member`); true if that is news. */
  setBlocked(chatId: number, blocked: boolean): boolean;
  /**
   * The language that the chat has chosen, and what its menu of commands was made from. Throws `StoreUnavailable`: a guess would send the
   * menu again.
   */
  menu(chatId: number): Pick<Chat, "language" | "menu">;
  /** Notes what Telegram now shows there; null: what it shows to strangers. */
  setMenu(chatId: number, menu: Chat["menu"]): void;
  /** Throws `StoreUnavailable`. */
  choose(chatId: number, choice: ChatChoice): void;
}

/** What a chat chooses at once; null leaves it to the config again. */
export type ChatChoice = Partial<Omit<Chat, "chatId" | "seenLanguage" | "blockedAt" | "menu">>;

export function createPreferences(deps: {
  chats: Chats;
  defaults: { quality: Quality; language: Language | "auto"; folders: readonly string[]; zone: string };
  lateWrites: LateWrites;
  now: () => number;
  log: Log;
}): Preferences {
  const { chats, defaults, log } = deps;
  /** Languages and menus that are about to be stored. */
  const heard = new Map<number, Language>();
  const shown = new Map<number, Chat["menu"]>();
  /** Zones as `Temporal` takes them, by what chats have chosen: looking one up takes longer than everything else about a chat. */
  const zones = new Map<string, string>();

  function attempt<T>(work: () => T): T | undefined {
    return unlessUnavailable(work, ({ code }) => {
      log.debug("Cannot use a chat's settings now", { code });
      return undefined;
    });
  }
  const chat = (chatId: number) => attempt(() => chats.byId(chatId));
  const seenIn = (chatId: number) => heard.get(chatId) ?? chat(chatId)?.seenLanguage;

  function speaks(chatId: number, languageCode: string | undefined): void {
    if (languageCode !== undefined) learn(chatId, languageFor(languageCode));
  }

  function learn(chatId: number, seenLanguage: Language): void {
    if (seenIn(chatId) === seenLanguage) return;
    heard.set(chatId, seenLanguage);
    deps.lateWrites.writeSoon(
      "the language of a chat",
      () => chats.update(chatId, { seenLanguage }),
      () => heard.get(chatId) === seenLanguage && heard.delete(chatId),
    );
  }

  /** This version may know fewer zones than the one that stored it. */
  function zoneOf(chosen: string): string {
    const zone = zones.get(chosen) ?? parseZone(chosen) ?? defaults.zone;
    zones.set(chosen, zone);
    return zone;
  }

  return {
    quality: (chatId) => chat(chatId)?.quality ?? defaults.quality,
    folder(chatId) {
      const own = chat(chatId)?.folder ?? null;
      // The config may have lost the chosen one since.
      return own !== null && defaults.folders.includes(own) ? own : (defaults.folders[0] ?? null);
    },
    notices: (chatId) => chat(chatId)?.notices ?? "message",
    quiet: (chatId) => parseQuietHours(chat(chatId)?.quiet ?? ""),
    zone(chatId) {
      const chosen = chat(chatId)?.zone ?? null;
      return chosen === null ? defaults.zone : zoneOf(chosen);
    },
    lifetimeMs(chatId, usualMs) {
      const own = chat(chatId)?.lifetimeMs ?? null;
      return own === null ? usualMs : own === 0 ? undefined : own;
    },
    keepsAll: (chatId) => chat(chatId)?.lifetimeMs === 0,
    language(chatId, languageCode) {
      const own = chat(chatId);
      if (own?.language) return own.language;
      return defaults.language === "auto"
        ? (heard.get(chatId) ?? own?.seenLanguage ?? languageFor(languageCode ?? "en"))
        : defaults.language;
    },
    own: (chatId) => {
      const { language = null, lifetimeMs = null, quiet = null, zone = null } = chat(chatId) ?? {};
      return { language, lifetimeMs, quiet, zone };
    },
    saw(chatId, languageCode) {
      if (isGroup(chatId) && seenIn(chatId)) return;
      speaks(chatId, languageCode);
    },
    addedBy: speaks,
    moved(from, to) {
      const before = seenIn(from);
      if (before) learn(to, before);
    },
    isBlocked: (chatId) => (chat(chatId)?.blockedAt ?? null) !== null,
    setBlocked(chatId, blocked) {
      if (((chat(chatId)?.blockedAt ?? null) !== null) === blocked) return false;
      log.info(blocked ? "A chat does not let the bot write" : "A chat lets the bot write again", { chat: chatId });
      attempt(() => chats.update(chatId, { blockedAt: blocked ? deps.now() : null }));
      return true;
    },
    menu: (chatId) => {
      const { language = null, menu = null } = chats.byId(chatId) ?? {};
      return { language, menu: shown.has(chatId) ? (shown.get(chatId) ?? null) : menu };
    },
    setMenu(chatId, menu) {
      shown.set(chatId, menu);
      deps.lateWrites.writeSoon(
        "what menu a chat has",
        () => chats.update(chatId, { menu }),
        () => shown.get(chatId) === menu && shown.delete(chatId),
      );
    },
    choose: (chatId, choice) => chats.update(chatId, choice),
  };
}

/** Bot API: ids of people are positive. */
const isGroup = (chatId: number) => chatId < 0;

/** Languages whose speakers usually read Russian better than English get Russian. */
const READS_RUSSIAN = new Set(["ru", "be", "uk", "kk", "ky", "uz", "tg", "hy", "az", "mo"]);

function languageFor(languageCode: string): Language {
  return READS_RUSSIAN.has(languageCode.toLowerCase().split("-")[0] ?? "") ? "ru" : "en";
}
