import { bold, format } from "gramio";
import type { Language, NoticeStyle } from "../../domain/chat.ts";
import { parseOfferedQuality, type Quality } from "../../domain/quality.ts";
import { plain } from "../../domain/text.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { RunCommand } from "../context/command.ts";
import type { Conversation } from "../context/context.ts";
import { type Texts, texts } from "../locales/locales.ts";
import type { Content } from "../outbox/content.ts";
import type { Speaker } from "../outbox/replies.ts";
import { pressOn, settingsButton } from "../views/callback-data.ts";
import { type Choice, keyboardOf, type Row } from "../views/keyboard.ts";
import { MOST_FOLDERS } from "../views/prompt/prompt-buttons.ts";
import type { PressHandler } from "./prompt.ts";

const LANGUAGES = { en: "🌐 English", ru: "🌐 Русский" } as const satisfies Record<Language, string>;
const NOTICES: readonly NoticeStyle[] = ["message", "reaction", "off"];
const MINUTE_MS = 60_000;
const LIFETIMES_MS = [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS];
/** What a button carries for "as the config says", and for "never". */
const USUAL = "-";
const NEVER = "0";

type Action = "quality" | "language" | "folder" | "lifetime" | "notices";
type Choices = Parameters<Preferences["choose"]>[1];

/** `/settings`: what a chat chooses for itself (rule 7), in one message that is edited in place. */
export function createSettings(deps: {
  preferences: Preferences;
  speaker: Speaker;
  qualities: readonly Quality[];
  folders: readonly string[];
}): { command: RunCommand; press: PressHandler } {
  const { preferences, speaker, qualities, folders } = deps;

  function content(chatId: number, language: Language): Content {
    const words = texts[language];
    const { settings } = words;
    const folder = preferences.folder(chatId);
    const own = preferences.own(chatId);
    const lines = [
      settings.quality(preferences.quality(chatId)),
      ...(folder === null ? [] : [settings.folder(folder)]),
      settings.language(own.language, language),
      settings.lifetime(own.lifetimeMs, words.duration(own.lifetimeMs ?? 0)),
      settings.notices(preferences.notices(chatId)),
    ];
    const text = format`${bold(settings.title)}\n${lines.join("\n")}`;
    return { text, keyboard: keyboardOf(rows(chatId, words)) };
  }

  function rows(chatId: number, words: Texts): Row[] {
    const { button } = words.settings;
    const own = preferences.own(chatId);
    const row = (
      action: Action,
      chosen: string,
      choices: readonly (readonly [choice: string, label: string])[],
    ): Row => ({
      choices: choices.map(
        ([choice, label]): Choice => ({
          label,
          press: settingsButton.pack({ action, choice }),
          chosen: choice === chosen,
        }),
      ),
    });
    return [
      row(
        "quality",
        String(preferences.quality(chatId)),
        qualities.map((quality) => [String(quality), words.quality(quality)]),
      ),
      row(
        "folder",
        String(folders.indexOf(preferences.folder(chatId) ?? "")),
        folders.slice(0, MOST_FOLDERS).map((folder, index) => [String(index), `📁 ${plain(folder, 20)}`]),
      ),
      row("language", own.language ?? USUAL, [[USUAL, button.automatic], ...Object.entries(LANGUAGES)]),
      row("lifetime", own.lifetimeMs === null ? USUAL : String(own.lifetimeMs), [
        [USUAL, button.usual],
        ...LIFETIMES_MS.map((ms) => [String(ms), button.after(words.duration(ms))] as const),
        [NEVER, button.never],
      ]),
      row(
        "notices",
        preferences.notices(chatId),
        NOTICES.map((style) => [style, button.notices[style]]),
      ),
    ];
  }

  /** Undefined for a choice that is not offered (any more). */
  function chosen(action: Action, choice: string): Choices | undefined {
    switch (action) {
      case "quality": {
        const quality = parseOfferedQuality(choice, qualities);
        return quality === undefined ? undefined : { quality };
      }
      case "folder": {
        const folder = folders[Number(choice)];
        return folder === undefined ? undefined : { folder };
      }
      case "language":
        if (choice === USUAL) return { language: null };
        return choice === "en" || choice === "ru" ? { language: choice } : undefined;
      case "lifetime": {
        if (choice === USUAL) return { lifetimeMs: null };
        const lifetimeMs = [0, ...LIFETIMES_MS].find((ms) => String(ms) === choice);
        return lifetimeMs === undefined ? undefined : { lifetimeMs };
      }
      case "notices": {
        const notices = NOTICES.find((style) => style === choice);
        return notices && { notices };
      }
    }
  }

  return {
    command: ({ who }) => speaker.answer(who, content(who.chatId, who.language)),
    press(who: Conversation, press) {
      const carried = pressOn(settingsButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      const change = chosen(carried.action, carried.choice);
      if (change === undefined) return { text: who.texts.pressed.outdated };
      preferences.choose(who.chatId, change);
      const language = preferences.language(who.chatId);
      speaker.edit(who.chatId, press.message.message_id, content(who.chatId, language));
      return { text: texts[language].pressed.changed };
    },
  };
}
