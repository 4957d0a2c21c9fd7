import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const COUNTER = join(import.meta.dir, "../../support/statement-counter.ts");

/** How many statements a bot has run, for runs that are counted and not timed, because counting takes time. */
export interface StatementCount {
  /** What to add to the bot's environment. */
  readonly env: Readonly<Record<string, string>>;
  read(): number;
}

export function createStatementCount(folder: string): StatementCount {
  const file = join(folder, "statements");
  writeFileSync(file, Buffer.alloc(4));
  return {
    env: { BENCH_STATEMENTS: file, BUN_OPTIONS: `--preload=${COUNTER}` },
    read: () => readFileSync(file).readUInt32LE(),
  };
}
