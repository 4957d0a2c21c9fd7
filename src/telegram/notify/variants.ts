import type { Language } from "../../domain/chat.ts";

/** One version of what Telegram itself shows about the bot. */
export interface Variant {
  readonly language: Language;
  /** Spread into a call. */
  readonly code: { readonly language_code?: "ru" };
}

/** All of them. Bot API: what has no language code is for every language that has none of its own. */
export const VARIANTS: readonly Variant[] = [
  { language: "en", code: {} },
  { language: "ru", code: { language_code: "ru" } },
];
