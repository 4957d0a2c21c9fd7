import { expect, test } from "bun:test";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import { createProvisionalEnds } from "../../../../src/downloader/back-ends/provisional-ends.ts";
import type { RemoteEntry } from "../../../../src/downloader/back-ends/remote.ts";
import { createClock } from "../../../support/clock.ts";

const entry = (of: Partial<RemoteEntry>): RemoteEntry => ({ id: "1", state: "done", ...of });

function world() {
  const clock = createClock();
  const one = { key: "a", sentAt: clock.now() };
  return { clock, one, ...createProvisionalEnds({ memory: createMemory(), now: clock.now, settlesMs: 1_000 }) };
}

test("an entry without missing parts has ended when it says so", () => {
  const { one, mayChange } = world();
  expect([mayChange(one, entry({ state: "running" })), mayChange(one, entry({}))]).toEqual([true, false]);
});

test("parts that are missing after the program's answer stay missing", () => {
  const { one, answered, mayChange } = world();
  answered("a");
  expect([mayChange(one, entry({ missing: 1 })), mayChange({ ...one, key: "b" }, entry({ missing: 1 }))]).toEqual([
    false,
    true,
  ]);
});

test("an entry that was handed over long ago is not waited for, since a restart knows of no earlier look", () => {
  const { clock, one, mayChange } = world();
  clock.advance(1_000);
  expect(mayChange(one, entry({ missing: 1 }))).toBe(false);
});

test("otherwise missing parts may arrive as long as some have arrived lately, also while others run", () => {
  const { clock, one, mayChange } = world();
  expect(mayChange(one, entry({ missing: 3, state: "running" }))).toBe(true);
  clock.advance(900);
  expect(mayChange(one, entry({ missing: 2, state: "running" }))).toBe(true);
  clock.advance(900);
  expect(mayChange(one, entry({ missing: 2 }))).toBe(true);
  clock.advance(100);
  expect(mayChange(one, entry({ missing: 2 }))).toBe(false);
});

test("an entry that failed and is tried again may succeed, each time within the usual time", () => {
  const { clock, one, mayChange } = world();
  const failed = entry({ state: "failed", comesBack: true });
  expect(mayChange(one, failed)).toBe(true);
  clock.advance(999);
  expect(mayChange(one, failed)).toBe(true);
  expect(mayChange(one, entry({ state: "running" }))).toBe(true);
  clock.advance(999);
  expect(mayChange(one, failed)).toBe(true);
  clock.advance(1_000);
  expect(mayChange(one, failed)).toBe(false);
});

test("an entry that failed for good has ended", () => {
  const { one, mayChange } = world();
  expect(mayChange(one, entry({ state: "failed", comesBack: true }))).toBe(true);
  expect(mayChange(one, entry({ state: "failed" }))).toBe(false);
});
