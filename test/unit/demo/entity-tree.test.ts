import { describe, expect, test } from "bun:test";
import { treeOf } from "../../demo/page/entity-tree.ts";

const bold = (offset: number, length: number) => ({ type: "bold", offset, length });
const link = (offset: number, length: number) => ({ type: "text_link", offset, length, url: "https://example.com" });

describe("treeOf()", () => {
  test("leaves a text without entities as it is, whatever it looks like", () => {
    expect(treeOf("<b>no</b>", [])).toEqual(["<b>no</b>"]);
    expect(treeOf("", [])).toEqual([]);
  });

  test("keeps the text before, between and after entities", () => {
    expect(treeOf("a b c d", [bold(4, 1), link(2, 1)])).toEqual([
      "a ",
      { entity: link(2, 1), parts: ["b"] },
      " ",
      { entity: bold(4, 1), parts: ["c"] },
      " d",
    ]);
  });

  test("nests an entity in the one around it; of two that begin together the longer one is outside", () => {
    expect(treeOf("a film", [link(0, 1), bold(0, 6)])).toEqual([
      { entity: bold(0, 6), parts: [{ entity: link(0, 1), parts: ["a"] }, " film"] },
    ]);
  });

  test("splits the second of two overlapping entities, so that no text is lost or shown twice", () => {
    expect(treeOf("abcd", [bold(0, 2), link(1, 3)])).toEqual([
      { entity: bold(0, 2), parts: ["a", { entity: link(1, 3), parts: ["b"] }] },
      "cd",
    ]);
  });

  test("counts UTF-16 units, as Telegram does", () => {
    expect(treeOf("🟢 up", [bold(3, 2)])).toEqual(["🟢 ", { entity: bold(3, 2), parts: ["up"] }]);
  });
});
