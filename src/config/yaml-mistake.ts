import type { ErrorCode } from "yaml";
import type { Mistakes } from "../words/words.ts";

/** Something wrong with a YAML text. It repeats no value, which may be secret. */
export interface YamlMistake extends YamlPosition, Said {
  /** The key at fault, as in problems: `routes[0].match`. */
  readonly key?: string;
  /** If absent, YAML was expected. */
  readonly expected?: string;
}

/** Counted from 1. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** What was found, and what to do about it. */
export interface Said {
  readonly found: string;
  readonly hint: string;
}

/** Names of words that need no arguments. */
type Plain = {
  [Name in keyof Mistakes["yaml"]]: Mistakes["yaml"][Name] extends Said ? Name : never;
}[keyof Mistakes["yaml"]];

/** Our own words for the library's errors, whose sentences repeat parts of the text. */
const NAMES: Partial<Readonly<Record<ErrorCode, Plain>>> = {
  BAD_ALIAS: "alias",
  BAD_DQ_ESCAPE: "escape",
  BAD_INDENT: "indent",
  BAD_SCALAR_START: "sign",
  BLOCK_AS_IMPLICIT_KEY: "mappingAsValue",
  BLOCK_IN_FLOW: "noComma",
  MISSING_CHAR: "missing",
  MULTILINE_IMPLICIT_KEY: "noKeyInLine",
  MULTIPLE_DOCS: "documents",
  TAB_AS_INDENT: "tab",
  TAG_RESOLVE_FAILED: "tag",
  UNEXPECTED_TOKEN: "unexpected",
};

/** The words for a mistake that the library has found. */
export function wordsFor(code: ErrorCode, { yaml, expected }: Mistakes): Omit<YamlMistake, keyof YamlPosition> {
  const said = yaml[NAMES[code] ?? "something"];
  return code === "MULTIPLE_DOCS" ? { ...said, expected: expected.oneDocument } : said;
}
