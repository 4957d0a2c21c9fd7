import { Database, type Statement } from "bun:sqlite";

/*
 * Preloaded into a bot (`BUN_OPTIONS=--preload=…`), counts the statements that SQLite runs for it in the file that
 * BENCH_STATEMENTS names, as a number of 32 bits. Imported by a test, it counts for its own process.
 */

const RUNS = ["run", "get", "all", "values", "iterate", "raw"] as const;

/** The counter. */
const count = openCount(process.env.BENCH_STATEMENTS);

/** How many statements have run in this process, without those that begin and end transactions. */
export function statements(): number {
  return count[0] ?? 0;
}

function openCount(path: string | undefined): Uint32Array {
  return path === undefined ? new Uint32Array(1) : new Uint32Array(Bun.mmap(path).buffer);
}

function counted(): void {
  count[0] = (count[0] ?? 0) + 1;
}

/** Statements cached by `query` are returned repeatedly. */
const known = new WeakSet<Statement>();

function watched(statement: Statement): Statement {
  if (known.has(statement)) return statement;
  known.add(statement);
  const methods = statement as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of RUNS) {
    const run = methods[name];
    if (typeof run !== "function") continue;
    methods[name] = (...args: unknown[]) => {
      counted();
      return run.apply(statement, args);
    };
  }
  return statement;
}

const { prepare, query, run } = Database.prototype;
Object.assign(Database.prototype, {
  prepare(this: Database, ...given: Parameters<typeof prepare>) {
    return watched(Reflect.apply(prepare, this, given));
  },
  query(this: Database, ...given: Parameters<typeof query>) {
    return watched(Reflect.apply(query, this, given));
  },
  run(this: Database, ...given: Parameters<typeof run>) {
    counted();
    return Reflect.apply(run, this, given);
  },
});
