import { expect, test } from "bun:test";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import { createMisses } from "../../../../src/downloader/back-ends/misses.ts";

const BACK_AFTER_MS = 20_000;

function createWorld() {
  const world = { now: 1_000_000 };
  return Object.assign(world, {
    misses: createMisses({ memory: createMemory(), now: () => world.now, backAfterMs: BACK_AFTER_MS }),
  });
}

test("an entry is certainly missing at the third look in a row; finding it and being certain both start the count again", () => {
  const { misses } = createWorld();
  const looks = (times: number) => Array.from({ length: times }, () => misses.confirm("a"));
  expect(looks(6)).toEqual([false, false, true, false, false, true]);
  expect(looks(2)).toEqual([false, false]);
  misses.found("a");
  expect(looks(2)).toEqual([false, false]);
  expect(misses.confirm("b")).toBe(false);
  expect(looks(1)).toEqual([true]);
});

test("an entry that may come back by itself is certainly missing only after the time that this takes, even if the clock leaps", () => {
  for (const leap of [BACK_AFTER_MS, -BACK_AFTER_MS]) {
    const world = createWorld();
    const looks = () => Array.from({ length: 3 }, () => world.misses.confirm("a"));
    world.misses.found("a", true);
    world.now += leap / 2;
    expect(looks()).toEqual([false, false, false]);
    world.now += leap / 2;
    expect(looks()).toEqual([false, false, true]);
  }
});

test("an entry that came back once, and was seen as permanent since, is waited for no longer than others", () => {
  const { misses } = createWorld();
  misses.found("a", true);
  misses.found("a");
  expect(Array.from({ length: 3 }, () => misses.confirm("a"))).toEqual([false, false, true]);
});
