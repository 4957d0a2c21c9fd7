import { expect, test } from "bun:test";
import { createGrowing } from "../../../../src/downloader/back-ends/growing.ts";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import type { RemoteEntry } from "../../../../src/downloader/back-ends/remote.ts";
import { createClock } from "../../../support/clock.ts";

const entry = (of: Partial<RemoteEntry>): RemoteEntry => ({ id: "1", state: "done", ...of });

function world() {
  const clock = createClock();
  const one = { key: "a", sentAt: clock.now() };
  return { clock, one, ...createGrowing({ memory: createMemory(), now: clock.now, settlesMs: 1_000 }) };
}

test("an entry without missing parts has ended when it says so", () => {
  const { one, mayGrow } = world();
  expect([mayGrow(one, entry({ state: "running" })), mayGrow(one, entry({}))]).toEqual([true, false]);
});

test("parts that are missing after the program's answer stay missing", () => {
  const { one, answered, mayGrow } = world();
  answered("a");
  expect([mayGrow(one, entry({ missing: 1 })), mayGrow({ ...one, key: "b" }, entry({ missing: 1 }))]).toEqual([
    false,
    true,
  ]);
});

test("an entry that was handed over long ago is not waited for, since a restart knows of no earlier look", () => {
  const { clock, one, mayGrow } = world();
  clock.advance(1_000);
  expect(mayGrow(one, entry({ missing: 1 }))).toBe(false);
});

test("otherwise missing parts may arrive as long as some have arrived lately, also while others run", () => {
  const { clock, one, mayGrow } = world();
  expect(mayGrow(one, entry({ missing: 3, state: "running" }))).toBe(true);
  clock.advance(900);
  expect(mayGrow(one, entry({ missing: 2, state: "running" }))).toBe(true);
  clock.advance(900);
  expect(mayGrow(one, entry({ missing: 2 }))).toBe(true);
  clock.advance(100);
  expect(mayGrow(one, entry({ missing: 2 }))).toBe(false);
});

test("an entry that failed and is tried again may succeed, each time within the usual time", () => {
  const { clock, one, mayGrow } = world();
  const failed = entry({ state: "failed", comesBack: true });
  expect(mayGrow(one, failed)).toBe(true);
  clock.advance(999);
  expect(mayGrow(one, failed)).toBe(true);
  expect(mayGrow(one, entry({ state: "running" }))).toBe(true);
  clock.advance(999);
  expect(mayGrow(one, failed)).toBe(true);
  clock.advance(1_000);
  expect(mayGrow(one, failed)).toBe(false);
});

test("an entry that failed for good has ended", () => {
  const { one, mayGrow } = world();
  expect(mayGrow(one, entry({ state: "failed", comesBack: true }))).toBe(true);
  expect(mayGrow(one, entry({ state: "failed" }))).toBe(false);
});
