import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scripts } from "../../package.json";
import { ROOT } from "../support/guide.ts";

const TEST = join(ROOT, "test");
/** These measure, or play for somebody who watches. */
const NO_TESTS = ["bench/", "demo/"];
/**
 * Where time is what the code is about: the limit of every wait, Telegram's own long poll, programs that do not report changes,
 * and faults at random moments.
 */
const TIMERS = [
  "support/watch.ts",
  "support/back-end/kept-rows.ts",
  "support/bot-api/updates.ts",
  "real/programs.ts",
  "chaos/play.ts",
  "chaos/back-end.ts",
  "chaos/soak.ts",
];
/** The test of a wait that ends in vain. */
const OWN_LIMITS = ["unit/support/bot-api-waits.test.ts"];

const read = (file: string) => readFileSync(join(TEST, file), "utf8");
/** Without text that only looks like code: comments, and programs inside strings. */
const codeOf = (file: string) =>
  read(file)
    .replace(/^\s*(\/\/|\/?\*).*$/gm, "")
    .replace(/`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"/g, '""');

const files = [...new Bun.Glob("**/*.ts").scanSync(TEST)]
  .filter((file) => !NO_TESTS.some((folder) => file.startsWith(folder)))
  .sort();

/** The lines that match, with their file and number. */
function places(wrong: RegExp, { except = [] as readonly string[] } = {}): string[] {
  return files
    .filter((file) => !except.includes(file))
    .flatMap((file) =>
      codeOf(file)
        .split("\n")
        .flatMap((line, at) => (wrong.test(line) ? [`${file}: ${line.trim()} (${at + 1})`] : [])),
    );
}

test("there are tests to look at", () => {
  expect(files.length).toBeGreaterThan(150);
  for (const file of [...TIMERS, ...OWN_LIMITS]) expect(files).toContain(file);
});

describe("no test depends on the speed of the machine:", () => {
  test("tests wait for events, never for time to pass", () => {
    expect(places(/\bsetTimeout\(|\bsetInterval\(|\bsleep(Sync)?\(|Atomics\.wait\(/, { except: TIMERS })).toEqual([]);
  });

  test("tests expect nothing about durations", () => {
    expect(places(/\bperformance\.now\(|\bprocess\.hrtime\b|\bBun\.nanoseconds\(/)).toEqual([]);
    expect(places(/\bexpect\(.*\bDate\.now\(/)).toEqual([]);
  });

  test("no test has a limit or a retry of its own: the preload's limits end what hangs", () => {
    expect(places(/^\s*(\},\s*)?[\d_]+,?\s*\);?$|\bsetDefaultTimeout\(/, { except: ["support/preload.ts"] })).toEqual(
      [],
    );
    expect(places(/\b(retry|repeats): ?\d/)).toEqual([]);
    expect(places(/\bwithinMs: ?[\d_]+/, { except: OWN_LIMITS })).toEqual([]);
  });
});

test("no test makes a path from a URL, which encodes spaces and Cyrillic letters", () => {
  expect(places(/\bimport\.meta\.url\b/)).toEqual([]);
});

describe("every test counts:", () => {
  test("none is skipped, postponed or run alone", () => {
    expect(places(/\b(test|describe|it)\.(skip|todo|only|failing)\(/)).toEqual([]);
  });

  test("every script isolates the files, since only then Bun reads the preload's limits for each", () => {
    const runs = Object.values(scripts).filter((script) => script.startsWith("bun test"));
    expect(runs.length).toBeGreaterThan(3);
    expect(runs.filter((script) => !/ --(parallel|isolate)\b/.test(script))).toEqual([]);
    expect(readFileSync(join(ROOT, "bunfig.toml"), "utf8")).toContain("./test/support/preload.ts");
  });

  test(".ci/run runs what the README tells a stranger to run, and the binary's tests", () => {
    const ci = readFileSync(join(ROOT, ".ci/run"), "utf8");
    for (const readme of ["README.md", "README.ru.md"]) {
      expect(readFileSync(join(ROOT, readme), "utf8")).toContain("npm ci && npm test ");
    }
    expect(ci).toMatch(/^npm ci\b/m);
    expect(ci).toMatch(/ npm test -- --reporter=junit /);
    expect(ci).toMatch(/ npm run test:binary -- --reporter=junit /);
  });
});
