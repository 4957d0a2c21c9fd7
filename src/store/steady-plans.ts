import type { Database } from "bun:sqlite";

/**
 * Has statements with parameters compiled once. Where SQLite looks at a given value to choose its plan (that of a limit, or what a
 * partial index might be about), it compiles the statement anew at each run, which takes ten times as long as running it (runtime.md
 * §5.2). A value behind a plus, which changes nothing, is not looked at. Texts with a question mark are to be given as values.
 */
export function withSteadyPlans(sqlite: Database): Database {
  const prepare = sqlite.prepare.bind(sqlite);
  const steady: typeof prepare = (text, ...rest) => prepare(text.replaceAll("?", "+?"), ...rest);
  return Object.assign(sqlite, { prepare: steady });
}
