import { describe, expect, test } from "bun:test";
import { createAmounts } from "../../../../src/telegram/locales/amounts.ts";
import { createPlural, listed } from "../../../../src/telegram/locales/plural.ts";

describe("createPlural()", () => {
  test("counts in English", () => {
    const { form, counted } = createPlural("en");
    expect([0, 1, 2, 21].map((n) => counted(n, "link", "links"))).toEqual(["0 links", "1 link", "2 links", "21 links"]);
    expect([1, 2].map((n) => form(n, "is", "are"))).toEqual(["is", "are"]);
  });

  test("counts in Russian", () => {
    const { counted } = createPlural("ru");
    expect([0, 1, 2, 5, 11, 12, 21, 22, 1.5].map((n) => counted(n, "ссылка", "ссылки", "ссылок"))).toEqual([
      "0 ссылок",
      "1 ссылка",
      "2 ссылки",
      "5 ссылок",
      "11 ссылок",
      "12 ссылок",
      "21 ссылка",
      "22 ссылки",
      "1.5 ссылок",
    ]);
  });
});

test("a list within a sentence names ten items and counts the rest", () => {
  const letters = [..."abcdefghijkl"];
  const more = (n: number) => `and ${n} more`;
  expect(listed(letters.slice(0, 10), more)).toBe("a, b, c, d, e, f, g, h, i, j");
  expect(listed(letters, more)).toBe("a, b, c, d, e, f, g, h, i, j and 2 more");
});

describe("createAmounts()", () => {
  const { ago, sizes } = createAmounts("en", { justNow: "just now", of: "of", mebibytes: "MiB", gibibytes: "GiB" });

  test.each([
    [59_999, "just now"],
    [60_000, "1 minute ago"],
    [3_600_000, "1 hour ago"],
    [47 * 3_600_000, "47 hours ago"],
    [48 * 3_600_000, "2 days ago"],
  ])("shows %i ms as: %s", (ms, words) => {
    expect(ago(ms)).toBe(words);
  });

  test("shows how much of a file has arrived, in one unit", () => {
    expect(sizes(12.34, 0)).toBe("12.3 MiB");
    expect(sizes(512, 1_024)).toBe("0.5 of 1 GiB");
  });
});
