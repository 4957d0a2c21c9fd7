import type { Language } from "../../domain/chat.ts";
import { once } from "../../domain/once.ts";
import { named } from "../../domain/text.ts";

/** The forms of a word next to whole numbers, in order: see `Intl.PluralRules`. */
interface Words {
  readonly en: readonly [one: string, other: string];
  readonly ru: readonly [one: string, few: string, many: string];
}

const FORMS: Readonly<Record<Language, readonly Intl.LDMLPluralRule[]>> = {
  en: ["one", "other"],
  ru: ["one", "few", "many"],
};

/** How a language says how many there are: `form(2, "is", "are")`, `counted(2, "link", "links")`. */
export function createPlural<L extends Language>(language: L) {
  const rules = once(() => new Intl.PluralRules(language));
  // Russian has a separate form for fractions, which are never used in counting: they take the last form.
  const form = (n: number, ...words: Words[L]): string => words.at(FORMS[language].indexOf(rules().select(n))) ?? "";
  return {
    /** The word that goes with the number. */
    form,
    /** The number and its word. */
    counted: (n: number, ...words: Words[L]): string => `${n} ${form(n, ...words)}`,
  };
}

const MOST = 10;

/** Names within a sentence; `more` counts what is too much for one. */
export function listed(names: readonly string[], more: (n: number) => string): string {
  const shown = names.slice(0, MOST).map(named).join(", ");
  return names.length <= MOST ? shown : `${shown} ${more(names.length - MOST)}`;
}
