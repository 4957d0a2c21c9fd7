import { bold, format, InlineKeyboard } from "gramio";
import type { Language } from "../../domain/chat.ts";
import { parseQuality, type Quality } from "../../domain/quality.ts";
import type { Preferences } from "../../service/preferences.ts";
import { settingsButton } from "../callback.ts";
import type { Content } from "../card.ts";
import { type Command, MEMBERS } from "../command.ts";
import type { Conversation } from "../conversation.ts";
import type { Speaker } from "../speaker.ts";
import { texts } from "../texts/texts.ts";
import type { PressHandler } from "./press.ts";

const LANGUAGES = { en: "English", ru: "Русский" } as const satisfies Record<Language, string>;
const BUTTONS_PER_ROW = 3;

/** `/settings`: what a chat chooses for itself (rule 7). */
export function createSettings(deps: { preferences: Preferences; speaker: Speaker; qualities: readonly Quality[] }): {
  command: Command;
  press: PressHandler;
} {
  const { preferences, speaker, qualities } = deps;

  function content(chatId: number, language: Language): Content {
    const words = texts[language];
    const chosen = preferences.quality(chatId);
    const keyboard = new InlineKeyboard();
    for (const [index, quality] of qualities.entries()) {
      const mark = quality === chosen ? "✅ " : "";
      const choice = String(quality);
      keyboard.text(`${mark}${words.quality(quality)}`, settingsButton.pack({ action: "quality", choice }));
      if (index % BUTTONS_PER_ROW === BUTTONS_PER_ROW - 1) keyboard.row();
    }
    keyboard.row();
    for (const [code, name] of Object.entries(LANGUAGES)) {
      const mark = code === language ? "✅ " : "";
      keyboard.text(`${mark}${name}`, settingsButton.pack({ action: "language", choice: code }));
    }
    const lines = format`${bold(words.settings.title)}\n${words.settings.quality(chosen)}\n${words.settings.language}`;
    return { text: lines, keyboard };
  }

  function choose(who: Conversation, action: "quality" | "language", choice: string): boolean {
    if (action === "language") {
      if (choice !== "en" && choice !== "ru") return false;
      preferences.choose(who.chatId, { language: choice });
      return true;
    }
    const quality = parseQuality(choice);
    if (quality === undefined || !qualities.includes(quality)) return false;
    preferences.choose(who.chatId, { quality });
    return true;
  }

  return {
    command: {
      name: "settings",
      roles: MEMBERS,
      run: ({ who }) => speaker.answer(who, content(who.chatId, who.language)),
    },
    press(who, press) {
      const unpacked = settingsButton.safeUnpack(press.data ?? "");
      if (!settingsButton.filter(press.data ?? "") || !unpacked.success || press.message === undefined)
        return undefined;
      const { action, choice } = unpacked.data;
      if (!choose(who, action, choice)) return { text: who.texts.pressed.outdated };
      const language = preferences.language(who.chatId);
      speaker.edit(who.chatId, press.message.message_id, content(who.chatId, language));
      return { text: texts[language].pressed.changed };
    },
  };
}
