import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "../support/guide.ts";
import { mutants } from "./all.ts";
import { broken, type Mutant } from "./mutant.ts";

/*
 * Breaks the code one line at a time in a copy of the tree, and checks that a test fails. Run: npm run mutants [-- WORD …]; with words,
 * only those whose file or fault contains one of them. Exits with 1 if a mutant survives or cannot be applied, with 64 if no word
 * matches.
 */

/** Not copied; `node_modules` is linked instead. */
const LEFT_OUT = new Set([".git", "node_modules", "dist", "coverage"]);
/** A test that never ends has not caught its mutant. The unbroken code runs the tests of all mutants at once. */
const LONGEST_RUN_MS = { broken: 120_000, unbroken: 900_000 };
/** Replaces `test/support/patience.ts`: most mutants show by something that never comes. The unbroken code must keep to it too. */
const PATIENCE = "export const TEST_LIMIT_MS = 30_000;\nexport const WAIT_LIMIT_MS = 10_000;\n";

const say = (line: string) => process.stdout.write(`${line}\n`);
const words = process.argv.slice(2);
const chosen = mutants.filter(
  ({ file, fault }) => words.length === 0 || words.some((word) => `${file} ${fault}`.includes(word)),
);
if (chosen.length === 0) {
  say("No breakage has one of these words in its file or its fault");
  process.exit(64);
}
const copy = mkdtempSync(join(tmpdir(), "dwld-bot-mutants-"));

interface Run {
  /** `endless`: it was killed after `LONGEST_RUN_MS`. */
  readonly end: "passed" | "failed" | "endless";
  /** The first test that failed. */
  readonly failed: string;
}

async function run(files: readonly string[], code: keyof typeof LONGEST_RUN_MS): Promise<Run> {
  const paths = files.map((file) => `./${file}`);
  const tests = Bun.spawn([process.execPath, "test", "--isolate", "--bail", ...paths], {
    cwd: copy,
    stdout: "ignore",
    stderr: "pipe",
    timeout: LONGEST_RUN_MS[code],
  });
  const said = await new Response(tests.stderr).text();
  const exitCode = await tests.exited;
  const [, failed = "the file itself"] = /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/m.exec(said) ?? [];
  return { end: tests.signalCode !== null ? "endless" : exitCode === 0 ? "passed" : "failed", failed };
}

/** Whether the mutant was caught. */
async function tried(mutant: Mutant): Promise<boolean> {
  const title = `${mutant.file}: ${mutant.fault}`;
  const text = broken(mutant, copy);
  if (text === undefined) {
    say(`BROKEN  ${title}\n        its text no longer occurs exactly once in that file`);
    return false;
  }
  const path = join(copy, mutant.file);
  const whole = readFileSync(path);
  writeFileSync(path, text);
  const { end, failed } = await run(mutant.caughtBy, "broken");
  writeFileSync(path, whole);
  if (end === "failed") say(`caught  ${title}\n        by "${failed}"`);
  else say(`${end === "passed" ? "ALIVE  " : "ENDLESS"} ${title}`);
  return end === "failed";
}

async function main(): Promise<number> {
  cpSync(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.has(basename(path)) });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "test/support/patience.ts"), PATIENCE);
  const unbroken = await run([...new Set(chosen.flatMap(({ caughtBy }) => caughtBy))], "unbroken");
  if (unbroken.end !== "passed") {
    say(`A test already fails without a mutant: "${unbroken.failed}"`);
    return 1;
  }
  let caught = 0;
  for (const mutant of chosen) if (await tried(mutant)) caught += 1;
  say(`${caught} of ${chosen.length} caught`);
  return chosen.length > 0 && caught === chosen.length ? 0 : 1;
}

process.once("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
process.exit(await main());
