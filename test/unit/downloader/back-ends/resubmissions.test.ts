import { expect, test } from "bun:test";
import { createMemory } from "../../../../src/downloader/back-ends/memory.ts";
import type { RemoteEntry } from "../../../../src/downloader/back-ends/remote.ts";
import { createResubmissions } from "../../../../src/downloader/back-ends/resubmissions.ts";

const entry = (of: Partial<RemoteEntry>): RemoteEntry => ({ id: "1", state: "running", ...of });
const inTheWay = entry({ state: "failed", isInTheWay: true });

test("a download without a byte has not begun, and a file in its way is not its own", () => {
  const resubmissions = createResubmissions(createMemory());
  resubmissions.seen("a", entry({}));
  resubmissions.seen("a", entry({ currentSize: 0 }));
  expect([resubmissions.optionsFor("a").isBegun, resubmissions.isDue("a", inTheWay)]).toEqual([false, false]);
  resubmissions.seen("a", entry({ currentSize: 1 }));
  expect([resubmissions.optionsFor("a").isBegun, resubmissions.optionsFor("b").isBegun]).toEqual([true, false]);
});

test("the own part may be in the way once, and once more after each progress", () => {
  const resubmissions = createResubmissions(createMemory());
  for (let nth = 0; nth < 3; nth += 1) {
    resubmissions.seen("a", entry({ currentSize: 1 }));
    expect(resubmissions.isDue("a", undefined)).toBe(false);
    expect(resubmissions.isDue("a", entry({ state: "failed" }))).toBe(false);
    for (const _ of ["", "as long as it was not handed over"]) expect(resubmissions.isDue("a", inTheWay)).toBe(true);
    resubmissions.begin("a", inTheWay);
    resubmissions.seen("a", entry({ currentSize: 0 }));
    expect(resubmissions.isDue("a", inTheWay)).toBe(false);
  }
});

test.each(["done", "failed"] as const)("a download that is %s no longer counts as begun", (state) => {
  const resubmissions = createResubmissions(createMemory());
  resubmissions.seen("a", entry({ currentSize: 1 }));
  resubmissions.seen("a", entry({ currentSize: 1, state }));
  expect(resubmissions.optionsFor("a").isBegun).toBe(false);
});

test("a video with more lines than asked for is handed over once without that limit", () => {
  const resubmissions = createResubmissions(createMemory());
  const finer = entry({ state: "failed", hasMoreLines: true });
  expect(resubmissions.optionsFor("a").anyLines).toBe(false);
  expect(resubmissions.isDue("a", finer)).toBe(true);
  expect(resubmissions.optionsFor("a").anyLines).toBe(false);
  resubmissions.begin("a", finer);
  expect([resubmissions.optionsFor("a").anyLines, resubmissions.optionsFor("b").anyLines]).toEqual([true, false]);
  resubmissions.seen("a", entry({}));
  expect(resubmissions.isDue("a", finer)).toBe(false);
  resubmissions.seen("a", finer);
  expect(resubmissions.optionsFor("a").anyLines).toBe(false);
});
