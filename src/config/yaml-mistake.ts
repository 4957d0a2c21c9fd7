import type { ErrorCode } from "yaml";

/** Something wrong with a YAML text. It repeats no value, which may be secret. */
export interface YamlMistake extends YamlPosition, Words {
  /** The key that it is about, as in problems: `routes[0].match`. */
  readonly key?: string;
}

/** Counted from 1. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** What was found, and what to do about it. */
export interface Words {
  readonly found: string;
  /** "YAML", where it is nothing more special. */
  readonly expected?: string;
  readonly hint: string;
}

const QUOTE = 'Put a text with signs in it in quotes: "like this".';
const COMMAS = "Write key: value with a space after the colon, and commas between what is in [ ] or { }.";

export const NO_ALIAS: Words = {
  found: "a text that begins with *, which is no alias of anything above it",
  hint: QUOTE,
};
export const NO_KEY: Words = { found: "a key that is no word", hint: "Lists and mappings can only be values." };
export const FOREIGN_BLANK: Words = {
  found: "a blank that is no space where a line begins, as web pages have it",
  hint: "Indent with spaces.",
};
export const UNRESOLVED: Words = {
  found: "aliases (*) or merge keys (<<) that cannot be resolved",
  hint: "Write out what they stand for.",
};
const SOMETHING: Words = { found: "a mistake in the YAML", hint: `Indent with spaces. ${QUOTE}` };

/** The library's own sentences repeat parts of the text. */
const MISTAKES: Partial<Readonly<Record<ErrorCode, Words>>> = {
  BAD_ALIAS: NO_ALIAS,
  BAD_DQ_ESCAPE: { found: "a \\ that means nothing within double quotes", hint: "Double it, or use single quotes." },
  BAD_INDENT: {
    found: "a line that is indented unlike its neighbours",
    hint: "The keys of one mapping begin in the same column; indent with spaces.",
  },
  BAD_SCALAR_START: { found: "a text that begins with a sign that YAML keeps for itself", hint: QUOTE },
  BLOCK_AS_IMPLICIT_KEY: {
    found: '"key: value" where only a value can be',
    hint: "Put a text with a colon in quotes, and begin the next key in the column of the one above it.",
  },
  BLOCK_IN_FLOW: { found: '"key: value" without a comma before it within [ ] or { }', hint: COMMAS },
  MISSING_CHAR: { found: "a sign missing", hint: COMMAS },
  MULTILINE_IMPLICIT_KEY: { found: "a line that is no key with a value", hint: COMMAS },
  MULTIPLE_DOCS: {
    found: "a second document",
    expected: "one",
    hint: "Keep all settings in one, and take out the line of three dashes between them.",
  },
  TAB_AS_INDENT: { found: "a tab where a line begins", hint: "Indent with spaces." },
  TAG_RESOLVE_FAILED: { found: "a text that begins with !, which is no type that YAML knows", hint: QUOTE },
  UNEXPECTED_TOKEN: { found: "a sign or a word that cannot be there", hint: QUOTE },
};

/** The words for a mistake that the library has found. */
export function wordsFor(code: ErrorCode): Words {
  return MISTAKES[code] ?? SOMETHING;
}
