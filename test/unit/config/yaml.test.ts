import { describe, expect, test } from "bun:test";
import { duplicateKeys, parseYaml } from "../../../src/config/yaml.ts";

describe("parseYaml()", () => {
  test.each([
    ["a list that never ends", "a: 1\nb: [1\nc: 2\n", 2],
    ["a wrong indentation", "x:\n  - a\n b: 3\n", 3],
    ["a tab", "a:\n\tb: 1", 2],
    ["a quotation that never ends", 'a: 1\n\nt: "abc\nd: 1\n', 3],
    ["a colon too many", "a: 1\nb: 2\ntoken: 1: 2\nc: 3", 3],
  ])("finds the line of %s", (_, text, line) => {
    expect(parseYaml(text)).toMatchObject({ ok: false, line });
  });

  test("gives the document, which is null for a text of comments", () => {
    expect(parseYaml("a: 1")).toEqual({ ok: true, document: { a: 1 } });
    expect(parseYaml("# nothing\n")).toEqual({ ok: true, document: null });
  });
});

describe("duplicateKeys()", () => {
  test("finds a key twice in one mapping, at any depth", () => {
    expect(duplicateKeys("a:\n  b:\n    c: 1\n  d: 2\n  b: 3\ne: 1\na: 2\n")).toEqual([
      { name: "a.b", lines: [2, 5] },
      { name: "a", lines: [1, 7] },
    ]);
  });

  test.each([
    ["the same key in two mappings", "a:\n  x: 1\nb:\n  x: 1\n"],
    ["a deeper key of the same name", "a:\n  a:\n    a: 1\n"],
    ["list entries", "r:\n  - match: a\n    downloaders: [b]\n  - match: c\n    downloaders: [d]\n"],
    ["list entries without indentation", "r:\n- match: a\n  x: 1\n- match: c\n  x: 2\n"],
    ["brackets over several lines", "r: [{\n  m: 1,\n}, {\n  m: 2,\n}]\n"],
    ["comments and quotations", "a: 1 # b: 1\n# a: 2\nb: \"# [\"\nc: 'a: {'\nd: 1\n"],
  ])("sees none in %s", (_, text) => {
    expect(duplicateKeys(text)).toEqual([]);
  });
});
