import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BINARY } from "../support/binary/life.ts";
import { type Bench, holds, inWords, type Result, table } from "./figures.ts";
import { performancePage, type Run } from "./page.ts";
import { drain } from "./rows/drain.ts";
import { goVersion } from "./rows/go-version.ts";
import { idle } from "./rows/idle.ts";
import { intake } from "./rows/intake.ts";
import { life } from "./rows/life.ts";
import { memory } from "./rows/memory.ts";
import { people } from "./rows/people.ts";
import { registrations } from "./rows/registrations.ts";
import { rounds as roundsOf } from "./rows/rounds.ts";
import { tick } from "./rows/tick.ts";

/*
 * What the bot costs, compared with the minimum. Run: npm run bench [-- B1 B2 … --short --long B1 --rounds 3 --out FILE --page FILE]
 */

const BENCHES: Readonly<Record<string, Bench>> = {
  B1: drain,
  B2: intake,
  B3: tick,
  B4: roundsOf,
  B5: memory,
  B6: registrations,
  B7: life,
  B8: people,
  B9: idle,
  B10: goVersion,
};

const say = (line: string) => process.stdout.write(`${line}\n`);
const text = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean" },
    long: { ...text, multiple: true },
    rounds: text,
    dispatches: text,
    out: text,
    page: text,
  },
});
const isShort = values.short === true;
/** Rows that even a short run plays completely: a short B1 is over before the costs of getting started are. */
const whole = new Set(values.long);
const rounds = Number(values.rounds ?? (isShort ? 1 : 3));
const dispatches = Number(values.dispatches ?? (isShort ? 1_000 : 20_000));
const out = values.out ?? join(tmpdir(), "dwld-bot-bench.json");
const wanted = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
const unknown = wanted.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0 || !(rounds > 0)) {
  say(`Known are ${Object.keys(BENCHES).join(", ")}; --rounds takes a number above 0`);
  process.exit(64);
}

const results: Result[] = [];
for (const name of wanted) {
  const result = await BENCHES[name]?.({ isShort: isShort && !whole.has(name), rounds, dispatches });
  if (result === undefined) continue;
  results.push(result);
  say(`\n${result.row}  ${result.title}\n`);
  say(result.skipped === undefined ? table(result.head, result.lines) : `Skipped: ${result.skipped}`);
  for (const verdict of result.verdicts) say(inWords(verdict));
}
const version = spawnSync(BINARY, ["--version"], { encoding: "utf8" }).stdout.trim();
const day = new Date().toISOString().slice(0, 10);
const run: Run = { version, day, isShort, rounds, results };
writeFileSync(out, `${JSON.stringify(run, null, 2)}\n`);
if (values.page !== undefined) writeFileSync(values.page, performancePage(run));
const verdicts = results.flatMap((result) => result.verdicts);
say(`\n${verdicts.filter(holds).length} of ${verdicts.length} reached. Written to ${out}`);
process.exit(0);
