import type { Database } from "bun:sqlite";

/** The placeholder of a given value; or a text or name in quotes, in which a question mark is none. */
const VALUE_OR_QUOTED = /\?|'[^']*'|"[^"]*"/g;
const withPlus = (found: string) => (found === "?" ? "+?" : found);

/**
 * Makes SQLite compile statements with parameters only once. If a given value may influence the plan (such as that of a limit, or one that
 * a partial index depends on), SQLite compiles the statement again at each run, which takes ten times as long as running it (runtime.md
 * §5.2). It does not examine a value behind a plus, which changes nothing.
 */
export function withSteadyPlans(sqlite: Database): Database {
  const prepare = sqlite.prepare.bind(sqlite);
  const steady: typeof prepare = (text, ...rest) => prepare(text.replace(VALUE_OR_QUOTED, withPlus), ...rest);
  return Object.assign(sqlite, { prepare: steady });
}
