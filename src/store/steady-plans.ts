import type { Database } from "bun:sqlite";

/** The place of a given value, or a text or a name in quotes, in which a question mark is none. */
const VALUE_OR_QUOTED = /\?|'[^']*'|"[^"]*"/g;
const withPlus = (found: string) => (found === "?" ? "+?" : found);

/**
 * Has statements with parameters compiled once. Where SQLite looks at a given value to choose its plan (that of a limit, or what a
 * partial index might be about), it compiles the statement anew at each run, which takes ten times as long as running it (runtime.md
 * §5.2). A value behind a plus, which changes nothing, is not looked at.
 */
export function withSteadyPlans(sqlite: Database): Database {
  const prepare = sqlite.prepare.bind(sqlite);
  const steady: typeof prepare = (text, ...rest) => prepare(text.replace(VALUE_OR_QUOTED, withPlus), ...rest);
  return Object.assign(sqlite, { prepare: steady });
}
