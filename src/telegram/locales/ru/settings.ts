import type { Language } from "../../../domain/chat.ts";
import type { Texts } from "../en/en.ts";
import { quality } from "./card.ts";

const NAMES: Readonly<Record<Language, string>> = { en: "English", ru: "русский" };

/** `/settings`, in Russian. */
export const settings: Texts["settings"] = {
  title: "Настройки этого чата",
  quality: (value) => `Качество по умолчанию: ${quality(value)}`,
  folder: (name) => `Папка по умолчанию: ${name}`,
  language: (chosen, used) => `Язык: ${chosen === null ? `автоматически (${NAMES[used]})` : NAMES[chosen]}`,
  lifetime: (ms, duration) =>
    `Мои сообщения и ваши команды исчезают: ${ms === null ? "как обычно" : ms === 0 ? "никогда" : `через ${duration}`}`,
  notices: (style) =>
    `Когда загрузка закончилась: ${{ message: "сообщение", reaction: "реакция на ваше сообщение", off: "ничего" }[style]}`,
  button: {
    automatic: "🌐 Авто",
    usual: "🧹 Как обычно",
    never: "🧹 Никогда",
    after: (duration) => `🧹 ${duration}`,
    notices: { message: "🔔 Сообщение", reaction: "👌 Реакция", off: "🔕 Ничего" },
  },
};
