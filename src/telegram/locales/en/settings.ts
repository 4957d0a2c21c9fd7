import type { Language, NoticeStyle } from "../../../domain/chat.ts";
import type { Quality } from "../../../domain/quality.ts";
import { quality } from "./card.ts";

const NAMES: Readonly<Record<Language, string>> = { en: "English", ru: "Русский" };

/** `/settings`, in English. */
export const settings = {
  title: "Settings of this chat",
  quality: (value: Quality) => `Default quality: ${quality(value)}`,
  folder: (name: string) => `Default folder: ${name}`,
  language: (chosen: Language | null, used: Language) =>
    `Language: ${chosen === null ? `automatic (${NAMES[used]})` : NAMES[chosen]}`,
  /** `null` as usual, 0: never. */
  lifetime: (ms: number | null, duration: string) =>
    `My messages and your commands disappear: ${ms === null ? "as usual" : ms === 0 ? "never" : `after ${duration}`}`,
  notices: (style: NoticeStyle) =>
    `When a download has ended: ${{ message: "a message", reaction: "a reaction on your message", off: "nothing" }[style]}`,
  button: {
    automatic: "🌐 Auto",
    usual: "🧹 As usual",
    never: "🧹 Never",
    after: (duration: string) => `🧹 ${duration}`,
    notices: { message: "🔔 Message", reaction: "👌 Reaction", off: "🔕 Nothing" },
  },
};
