import { describe, expect, test } from "bun:test";
import { format } from "gramio";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { cutPage, numberedPage, pageRow } from "../../../../src/telegram/views/pagination.ts";

const letters = [..."abcdefg"];

describe("cutPage()", () => {
  test.each([
    [0, { page: 0, offset: 0, shown: ["a", "b", "c"] }],
    [1, { page: 1, offset: 3, shown: ["d", "e", "f"] }],
    [2, { page: 2, offset: 6, shown: ["g"] }],
    [-1, { page: 0, offset: 0, shown: ["a", "b", "c"] }],
    [99, { page: 2, offset: 6, shown: ["g"] }],
  ])("shows page %i, or the nearest one that exists", (wanted, cut) => {
    expect(cutPage(letters, { wanted, size: 3 })).toEqual({ pages: 3, ...cut });
  });

  test("shows one empty page of an empty list", () => {
    expect(cutPage([], { wanted: 2, size: 3 })).toEqual({ page: 0, pages: 1, offset: 0, shown: [] });
  });
});

test("numberedPage() numbers entries and buttons alike across pages, and a button names its entry", () => {
  const cut = cutPage(letters, { wanted: 1, size: 3 });
  const shown = cut.shown.map((letter) => ({
    text: format`${letter}!`,
    name: `letter ${letter}`,
    press: `show ${letter}`,
  }));
  const { text, keyboard } = numberedPage(
    { ...cut, shown },
    { title: "Letters", gap: "\n", press: (page) => `page ${page}`, texts: texts.en },
  );
  expect(String(text)).toBe("Letters\n\n4. d!\n5. e!\n6. f!");
  const buttons = keyboard?.toJSON().inline_keyboard.map((row) => row.map((button) => Object.values(button).join()));
  expect(buttons).toEqual([
    ["4. letter d,show d", "5. letter e,show e"],
    ["6. letter f,show f"],
    ["‹ Previous page,page 0", "Next page ›,page 2"],
  ]);
});

test("numberedPage() shortens a long name on its button, and keeps it on one line", () => {
  const cut = cutPage([{ text: format`a`, name: `two\nlines ${"a".repeat(60)}`, press: "show" }], {
    wanted: 0,
    size: 3,
  });
  const { keyboard } = numberedPage(cut, { title: "Names", gap: "\n", press: String, texts: texts.en });
  expect(keyboard?.toJSON().inline_keyboard[0]?.[0]?.text).toBe("1. two lines aaaaaaaaaaaaa…");
});

test.each([
  [0, ["Next page › 1", "Last page » 4", "Refresh 0"]],
  [1, ["‹ Previous page 0", "Next page › 2", "Last page » 4", "Refresh 1"]],
  [2, ["« First page 0", "‹ Previous page 1", "Next page › 3", "Last page » 4", "Refresh 2"]],
  [4, ["« First page 0", "‹ Previous page 3", "Refresh 4"]],
])("pageRow() leads from page %i of five to its neighbours and to both ends, in words", (page, labels) => {
  const place = { page, pages: 5, refresh: "Refresh" };
  const { choices } = pageRow(place, { press: String, texts: texts.en });
  expect(choices.map(({ label, press }) => `${label} ${press}`)).toEqual(labels);
});
