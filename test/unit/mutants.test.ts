import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mutants } from "../mutants/all.ts";
import { broken } from "../mutants/mutant.ts";
import { ROOT } from "../support/guide.ts";

test("each mutant of `npm run mutants` can be applied: its text is in its file exactly once", () => {
  const stale = mutants.filter((mutant) => !existsSync(join(ROOT, mutant.file)) || broken(mutant, ROOT) === undefined);
  expect(stale.map(({ file, fault }) => `${file}: ${fault}`)).toEqual([]);
  expect(mutants.length).toBeGreaterThan(100);
});

test("each mutant changes something, and names existing tests that must catch it", () => {
  expect(mutants.filter(({ text, becomes }) => text === becomes)).toEqual([]);
  const named = new Set(mutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...named].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(mutants.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
});

test("no mutant is listed twice", () => {
  const places = mutants.map(({ file, text }) => `${file}\n${text}`);
  expect(places.filter((place, at) => places.indexOf(place) !== at)).toEqual([]);
});
