import { expect, test } from "bun:test";
import { createAbsences } from "../../../../src/downloader/back-ends/absences.ts";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";

const BACK_AFTER_MS = 20_000;

function createWorld() {
  const world = { now: 1_000_000 };
  return Object.assign(world, {
    absences: createAbsences({ memory: createMemory(), now: () => world.now, backAfterMs: BACK_AFTER_MS }),
  });
}

test("an absence is believed at the third look in a row; each sighting and each belief starts the count anew", () => {
  const { absences } = createWorld();
  const looks = (times: number) => Array.from({ length: times }, () => absences.isBelieved("a"));
  expect(looks(6)).toEqual([false, false, true, false, false, true]);
  expect(looks(2)).toEqual([false, false]);
  absences.seen("a");
  expect(looks(2)).toEqual([false, false]);
  expect(absences.isBelieved("b")).toBe(false);
  expect(looks(1)).toEqual([true]);
});

test("an entry that may come back by itself is believed absent only after the time that this takes, even if the clock leaps", () => {
  for (const leap of [BACK_AFTER_MS, -BACK_AFTER_MS]) {
    const world = createWorld();
    const looks = () => Array.from({ length: 3 }, () => world.absences.isBelieved("a"));
    world.absences.seen("a", true);
    world.now += leap / 2;
    expect(looks()).toEqual([false, false, false]);
    world.now += leap / 2;
    expect(looks()).toEqual([false, false, true]);
  }
});

test("an entry that came back once, and was seen as permanent since, is waited for no longer than others", () => {
  const { absences } = createWorld();
  absences.seen("a", true);
  absences.seen("a");
  expect(Array.from({ length: 3 }, () => absences.isBelieved("a"))).toEqual([false, false, true]);
});
