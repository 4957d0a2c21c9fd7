import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../bench/figures.ts";
import { performancePage } from "../bench/page.ts";
import { LANGUAGES, page, ROOT } from "../support/guide.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const rows =
  read("test/bench/bench.ts")
    .match(/^ {2}(B\d+)(?=: )/gm)
    ?.map((row) => row.trim()) ?? [];

test("the guide's page on capacity names rows of the benchmark that exist, the same in both languages", () => {
  const named = LANGUAGES.map((language) => page(language, "capacity.md").text.match(/\bB\d+\b/g) ?? []);
  expect(named[0]?.length).toBeGreaterThan(0);
  expect(named[1]).toEqual(named[0]);
  expect(named[0]?.filter((row) => !rows.includes(row))).toEqual([]);
});

test("the benchmarks' page explains every row", () => {
  const about = read("test/bench/README.md");
  expect(rows.length).toBeGreaterThan(8);
  // The last row is described by what it needs.
  expect(rows.filter((row) => row !== "B10" && !about.includes(row))).toEqual([]);
});

test("a run's page says what limits a row only if the row missed its bound", () => {
  const row = (measured: number): Result => ({
    ...{ row: "B1", title: "a row", head: ["what", "ms"], lines: [["it", measured]] },
    verdicts: [{ what: "ms", measured, bound: { most: 50 } }],
    limit: "The disk is the limit.",
  });
  const pageOf = (result: Result) =>
    performancePage({ version: "dwld-bot 1", day: "2026-11-29", isShort: true, rounds: 1, results: [result] });
  expect(pageOf(row(51))).toContain("**missed**");
  expect(pageOf(row(51))).toContain("The disk is the limit.");
  expect(pageOf(row(50))).not.toContain("The disk is the limit.");
});
