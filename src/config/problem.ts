import { type Mistakes, words } from "../words/words.ts";

/** One thing that is wrong with the config, for the operator. Never contains the value of a secret. */
export interface Problem {
  /** The key as written in the YAML (`dispatch.interval`, `telegram.admins[1]`), a variable, or a file. */
  readonly key: string;
  readonly found: string;
  readonly expected: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** The config cannot be used; `message` lists every problem, one or two lines each. The caller exits with 78. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(heading: string, problems: readonly Problem[], mistakes: Mistakes = words.en.mistakes) {
    super([heading, ...problems.map((problem) => sentence(problem, mistakes))].join("\n"));
    this.problems = problems;
  }
}

function sentence({ key, found, expected, hint }: Problem, mistakes: Mistakes): string {
  return `  ${mistakes.sentence(key, found, expected)}${hint === undefined ? "" : `\n    ${hint}`}`;
}

/** A value in a form that the operator recognizes; of a `secret`, only the length. */
export function shown(value: unknown, { found }: Mistakes, { secret = false } = {}): string {
  if (value === undefined || value === null || value === "") return found.nothing;
  if (Array.isArray(value)) return value.length === 0 ? found.emptyList : found.list;
  if (typeof value === "object") return found.mapping;
  if (secret) return typeof value === "string" ? found.hidden(value.length) : found.ofType(typeof value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
  return String(value);
}
