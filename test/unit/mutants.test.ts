import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mutants } from "../mutants/all.ts";
import { broken } from "../mutants/mutant.ts";
import { ROOT } from "../support/guide.ts";

test("each breakage of `npm run mutants` can be tried: its text stands in its file exactly once", () => {
  const stale = mutants.filter((mutant) => !existsSync(join(ROOT, mutant.file)) || broken(mutant, ROOT) === undefined);
  expect(stale.map(({ file, fault }) => `${file}: ${fault}`)).toEqual([]);
  expect(mutants.length).toBeGreaterThan(100);
});

test("each breakage changes something, and tests that there are have to catch it", () => {
  expect(mutants.filter(({ text, becomes }) => text === becomes)).toEqual([]);
  const named = new Set(mutants.flatMap(({ caughtBy }) => caughtBy));
  expect([...named].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(mutants.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
});

test("no breakage is listed twice", () => {
  const places = mutants.map(({ file, text }) => `${file}\n${text}`);
  expect(places.filter((place, at) => places.indexOf(place) !== at)).toEqual([]);
});
