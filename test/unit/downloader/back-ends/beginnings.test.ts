import { expect, test } from "bun:test";
import { createBeginnings } from "../../../../src/downloader/back-ends/beginnings.ts";
import type { RemoteEntry } from "../../../../src/downloader/back-ends/remote.ts";

const entry = (of: Partial<RemoteEntry>): RemoteEntry => ({ id: "1", state: "running", ...of });
const inTheWay = entry({ state: "failed", isInTheWay: true });

test("what has brought nothing yet has not begun, and what is in its way is not its own", () => {
  const beginnings = createBeginnings();
  beginnings.seen("a", entry({}));
  beginnings.seen("a", entry({ currentSize: 0 }));
  expect([beginnings.has("a"), beginnings.isInItsOwnWay("a", inTheWay)]).toEqual([false, false]);
  beginnings.seen("a", entry({ currentSize: 1 }));
  expect([beginnings.has("a"), beginnings.has("b")]).toEqual([true, false]);
});

test("what has begun is in its own way once, and once more each time that it has come on again", () => {
  const beginnings = createBeginnings();
  for (let nth = 0; nth < 3; nth += 1) {
    beginnings.seen("a", entry({ currentSize: 1 }));
    expect(beginnings.isInItsOwnWay("a", undefined)).toBe(false);
    expect(beginnings.isInItsOwnWay("a", entry({ state: "failed" }))).toBe(false);
    expect(beginnings.isInItsOwnWay("a", inTheWay)).toBe(true);
    beginnings.seen("a", entry({ currentSize: 0 }));
    expect(beginnings.isInItsOwnWay("a", inTheWay)).toBe(false);
  }
});

test.each(["done", "failed"] as const)("what is %s has begun no more", (state) => {
  const beginnings = createBeginnings();
  beginnings.seen("a", entry({ currentSize: 1 }));
  beginnings.seen("a", entry({ currentSize: 1, state }));
  expect(beginnings.has("a")).toBe(false);
});
