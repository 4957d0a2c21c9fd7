import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { lenient, listOf, valuesOf } from "../../../../src/downloader/back-ends/lenient.ts";
import { historySchema, itemsOfHistory } from "../../../../src/downloader/back-ends/metube-history.ts";
import { allSchema, itemsOfLists, liveSchema, pageSchema } from "../../../../src/downloader/back-ends/ytptube-items.ts";

const KEY = "0123456789abcdef";
const link = (nth: number) => `https://films.example/${nth}`;
/** What others have put there, or what a later version writes differently. */
const NOT_UNDERSTOOD = [null, 7, "a text", [], {}, { _id: 7, url: link(1) }, { _id: "7", url: null }];
/** Recognisable by its address only. */
const ODD = {
  id: 7,
  _id: "odd",
  url: link(2),
  title: ["a", "b"],
  status: { now: "finished" },
  percent: "12 %",
  size: "large",
  downloaded_bytes: "many",
  total_bytes: null,
  file_size: {},
  filename: 7,
  msg: [],
  error: false,
  chapter_template: 7,
  cli: ["--no-mtime"],
  extras: "none",
};
const OURS = {
  id: "3",
  _id: "ours",
  url: link(3),
  title: "A film",
  status: "downloading",
  percent: 12.5,
  chapter_template: `dwld-bot:key=${KEY}`,
  cli: `--extractor-args dwld-bot:key=${KEY}`,
};

describe("lenient()", () => {
  test("accepts a value of its kind or none, and drops anything else", () => {
    const texts = v.array(lenient(v.string()));
    expect(v.parse(texts, ["a", null, undefined, 7, {}])).toEqual(["a", null, undefined, undefined, undefined]);
    expect(v.parse(v.object({ a: lenient(v.string(), "?"), b: lenient(v.string(), "?") }), { a: 7 })).toEqual<unknown>({
      a: "?",
    });
  });
});

describe("listOf()", () => {
  test("drops entries that do not parse, and rejects anything that is not a list", () => {
    expect(v.parse(listOf(v.number()), [1, "two", 3])).toEqual([1, 3]);
    expect(v.safeParse(listOf(v.number()), { 0: 1 }).success).toBe(false);
  });
});

describe("valuesOf()", () => {
  test("does the same for the values of an object", () => {
    expect(v.parse(valuesOf(v.number()), { a: 1, b: "two" })).toEqual([1]);
    expect(v.safeParse(valuesOf(v.number()), "none").success).toBe(false);
  });
});

describe("an entry that is not understood hides no other, and belongs to nobody,", () => {
  const all = [...NOT_UNDERSTOOD, ODD, OURS];

  test.each(["queue", "done", "pending"])("in MeTube's list of %s entries", (where) => {
    const history = v.parse(historySchema, { queue: [], done: [], [where]: all });
    const items = itemsOfHistory(history);
    expect(items.find(({ key }) => key === KEY)).toMatchObject({ url: link(3), name: "A film" });
    expect(items.find(({ url }) => url === link(2))).toMatchObject({ key: undefined, keepsKeys: true });
  });

  test("in YTPTube's lists of all versions", () => {
    const live = v.parse(liveSchema, { queue: Object.fromEntries(all.map((one, nth) => [nth, one])) });
    const page = v.parse(pageSchema, { items: all, pagination: { total_pages: 1 } });
    const before = v.parse(allSchema, { queue: all, history: all });
    const lists = [itemsOfLists(live.queue, []), itemsOfLists([], page.items), itemsOfLists(before.queue, [])];
    for (const items of [...lists, itemsOfLists([], before.history)]) {
      expect(items.find(({ key }) => key === KEY)).toMatchObject({ id: "ours", url: link(3) });
      expect(items.find(({ id }) => id === "odd")).toMatchObject({ key: undefined, keepsKeys: true });
    }
  });

  test("an answer that is not their list at all is not understood", () => {
    for (const answer of [{}, { queue: [] }, { queue: {}, done: [] }, "<html>"]) {
      expect(v.safeParse(historySchema, answer).success).toBe(false);
      expect(v.safeParse(liveSchema, { queue: "none" }).success).toBe(false);
    }
  });
});
