import { expect, test } from "bun:test";
import { createBeginnings } from "../../../../src/downloader/back-ends/beginnings.ts";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import type { RemoteEntry } from "../../../../src/downloader/back-ends/remote.ts";

const entry = (of: Partial<RemoteEntry>): RemoteEntry => ({ id: "1", state: "running", ...of });
const inTheWay = entry({ state: "failed", isInTheWay: true });

test("a download without a byte has not begun, and a file in its way is not its own", () => {
  const beginnings = createBeginnings(createMemory());
  beginnings.seen("a", entry({}));
  beginnings.seen("a", entry({ currentSize: 0 }));
  expect([beginnings.of("a").isBegun, beginnings.mayGoBetter("a", inTheWay)]).toEqual([false, false]);
  beginnings.seen("a", entry({ currentSize: 1 }));
  expect([beginnings.of("a").isBegun, beginnings.of("b").isBegun]).toEqual([true, false]);
});

test("the own part may be in the way once, and once more after each progress", () => {
  const beginnings = createBeginnings(createMemory());
  for (let nth = 0; nth < 3; nth += 1) {
    beginnings.seen("a", entry({ currentSize: 1 }));
    expect(beginnings.mayGoBetter("a", undefined)).toBe(false);
    expect(beginnings.mayGoBetter("a", entry({ state: "failed" }))).toBe(false);
    for (const _ of ["", "as long as it was not handed over"]) expect(beginnings.mayGoBetter("a", inTheWay)).toBe(true);
    beginnings.goesBetter("a", inTheWay);
    beginnings.seen("a", entry({ currentSize: 0 }));
    expect(beginnings.mayGoBetter("a", inTheWay)).toBe(false);
  }
});

test.each(["done", "failed"] as const)("a download that is %s no longer counts as begun", (state) => {
  const beginnings = createBeginnings(createMemory());
  beginnings.seen("a", entry({ currentSize: 1 }));
  beginnings.seen("a", entry({ currentSize: 1, state }));
  expect(beginnings.of("a").isBegun).toBe(false);
});

test("a video with more lines than asked for is handed over once without that limit", () => {
  const beginnings = createBeginnings(createMemory());
  const finer = entry({ state: "failed", hasMoreLines: true });
  expect(beginnings.of("a").anyLines).toBe(false);
  expect(beginnings.mayGoBetter("a", finer)).toBe(true);
  expect(beginnings.of("a").anyLines).toBe(false);
  beginnings.goesBetter("a", finer);
  expect([beginnings.of("a").anyLines, beginnings.of("b").anyLines]).toEqual([true, false]);
  beginnings.seen("a", entry({}));
  expect(beginnings.mayGoBetter("a", finer)).toBe(false);
  beginnings.seen("a", finer);
  expect(beginnings.of("a").anyLines).toBe(false);
});
