import type { Language } from "../domain/chat.ts";
import { type CommandWords, en } from "./en/en.ts";
import { ru } from "./ru/ru.ts";

export type { CommandWords };

/** The texts of the commands for operators, by language. */
export const words: Readonly<Record<Language, CommandWords>> = { en, ru };

/** What is wrong with a config. */
export type Mistakes = CommandWords["mistakes"];

/**
 * The language that an environment asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set counts (POSIX). Any other language
 * means English.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  return /^ru(?![a-z])/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "") ? "ru" : "en";
}

/** The operator's texts: in the language `chosen` in the config, otherwise in that of the environment. */
export function wordsFor(
  env: Readonly<Record<string, string | undefined>>,
  chosen: Language | "auto" = "auto",
): CommandWords {
  return words[chosen === "auto" ? languageOf(env) : chosen];
}
