import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const COUNTER = join(import.meta.dir, "../../support/statement-counter.ts");

/** How many statements a bot has run, for lives that are counted and not timed: counting costs something. */
export interface StatementCount {
  /** What the bot's environment has besides. */
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
