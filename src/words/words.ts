import type { Language } from "../domain/chat.ts";
import { type CommandWords, en } from "./en/en.ts";
import { ru } from "./ru/ru.ts";

export type { CommandWords };

/** What whoever runs the program reads of its commands, by language. */
export const words: Readonly<Record<Language, CommandWords>> = { en, ru };

/** What is wrong with a config. */
export type Mistakes = CommandWords["mistakes"];

/**
 * The language that an environment asks for: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says anything counts (POSIX).
 * One that is not ours is English.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  return /^ru(?![a-z])/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "") ? "ru" : "en";
}

/** The operator's words: in the language that the config has `chosen`, else in that of the environment. */
export function wordsFor(
  env: Readonly<Record<string, string | undefined>>,
  chosen: Language | "auto" = "auto",
): CommandWords {
  return words[chosen === "auto" ? languageOf(env) : chosen];
}
