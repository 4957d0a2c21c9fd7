import { describe, expect, test } from "bun:test";
import { parseYaml } from "../../../src/config/yaml.ts";

/** The document of a text that has no mistakes. */
function read(text: string): unknown {
  const { document, mistakes } = parseYaml(text);
  expect(mistakes).toEqual([]);
  return document;
}

describe("parseYaml()", () => {
  test.each<[string, string, unknown]>([
    ["words that were booleans in YAML 1.1", "[yes, no, on, off, y]", ["yes", "no", "on", "off", "y"]],
    ["booleans and null", "[true, False, null, ~, ]", [true, false, null, null]],
    [
      "numbers, of which those with a leading zero are decimal",
      "[12, -3, 0123, 0o17, 0x1f, 1.50, 1e3]",
      [12, -3, 123, 15, 31, 1.5, 1000],
    ],
    ["the id of a group", "-1001234567890", -1_001_234_567_890],
    ["texts with a colon", "[123456:ABC, 123:456, 02:00, a:b]", ["123456:ABC", "123:456", "02:00", "a:b"]],
    ["dates, durations and sizes as texts", "[2026-01-01, 90s, 1.5h, 1_000]", ["2026-01-01", "90s", "1.5h", "1_000"]],
    ["a text over several lines", "a: |\n  x\n  y\n", { a: "x\ny\n" }],
    ["a file from another system", "\ufeffa: 1\r\nb: 2\r\n", { a: 1, b: 2 }],
    ["one document with its markers", "%YAML 1.1\n---\na: yes\n...\n", { a: "yes" }],
    ["only comments", "# nothing\n", null],
    ["an empty text", "", null],
    ["a list as the document", "- 1", [1]],
    [
      "anchors, aliases and merge keys",
      "x: &x { a: 1, b: 2 }\ny: { <<: *x, b: 3 }\nz: *x\n",
      { x: { a: 1, b: 2 }, y: { a: 1, b: 3 }, z: { a: 1, b: 2 } },
    ],
    ["JSON", '{"a": [1, {"b": "\\u00e9"}]}', { a: [1, { b: "é" }] }],
  ])("reads %s", (_, text, document) => {
    expect(read(text)).toEqual(document);
  });

  test.each([
    ["a list that never ends", "a: 1\nb: [1\nc: 2\n", 2, 4, "a [ that is not closed"],
    ["a list that ends with another bracket", "a: [1}\nc: 2\n", 1, 4, "a [ that is not closed"],
    ["a mapping that never ends", "a: { b: 1", 1, 4, "a { that is not closed"],
    ["a quotation that never ends", 'a: 1\n\nt: "abc\nd: 1\n', 3, 4, 'a " that is not closed'],
    ["a quotation that never ends in a list", "a: [ 'b', 'c ]\nd: 1\n", 1, 11, "a ' that is not closed"],
    [
      "closing brackets that are indented too little",
      "r: [{\n  m: 1,\n}, {\n  m: 2,\n}]\n",
      1,
      5,
      "a { that is not closed",
    ],
    ["a wrong indentation", "x:\n  - a\n b: 3\n", 3, 1, "indented unlike"],
    ["a key that is indented too much", "x:\n  a: 1\n   b: 3\n", 2, 6, '"key: value" where only a value can be'],
    ["a tab", "a:\n\tb: 1", 2, 1, "a tab"],
    ["a non-breaking space", "a:\n \u00a0b: 1", 2, 2, "a blank other than a space"],
    ["a colon too many", "a: 1\nb: 2\ntoken: 1: 2\nc: 3", 3, 8, '"key: value" where only a value can be'],
    ["a line without a colon", "a: 1\nb\n", 2, 1, "missing"],
    ["a colon without a space", "a: 1\nb:2\n", 2, 1, "missing"],
    ["a missing comma", "a: { b: 1 c: 2 }", 1, 9, "[ ] or { }"],
    ["a character that YAML reserves", "a: @b", 1, 4, "begins with a character"],
    ["an unknown escape", 'a: "C:\\path"', 1, 7, "\\"],
    ["an alias of nothing", "a: *nobody", 1, 4, "begins with *"],
    ["an alias of its own ancestor", "a: &x\n  b: *x", 2, 6, "begins with *"],
    ["an unknown tag", "a: !secret", 1, 4, "begins with !"],
    ["a type that is not JSON's", "a: !!binary aGk=", 1, 4, "begins with !"],
    ["a list as a key", "? [a]\n: 1", 1, 3, "key that is not a word"],
    ["a merge of a number", "b: 1\n<<: 1\n", 2, 1, "cannot be resolved"],
    ["several documents", "a: 1\n---\nb: 2\n", 2, 1, "a second document"],
    ["a document after an empty one", "---\n---\na: 1\n", 2, 1, "a second document"],
    ["a document after an end marker", "a: 1\n...\n---\nb: 2\n", 3, 1, "a second document"],
  ])("reports %s with line, column and a hint", (_, text, line, column, found) => {
    const { document, mistakes } = parseYaml(text);
    expect(document).toBeUndefined();
    expect(mistakes).toMatchObject([{ line, column, found: expect.stringContaining(found) }]);
    expect(mistakes[0]?.hint).toMatch(/^[A-Z].+\.$/);
  });

  test.each([
    "t: *hidden",
    "t: !hidden x",
    "t: |hidden",
    't: "x" hidden',
    't: "\\hidden"',
    "t: &hidden *hidden",
    "hidden",
    "%hidden\n---\n",
    "t: {hidden",
    "t: `hidden",
    "t: ] hidden",
    "hidden: 1: 2",
  ])("never repeats a secret: %j", (text) => {
    expect(JSON.stringify(parseYaml(text).mistakes)).not.toContain("hidden");
  });

  test("refuses nested aliases that would expand to billions of values", () => {
    const lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (let depth = 1; depth < 9; depth++) {
      lines.push(`a${depth}: &a${depth} [${Array.from({ length: 10 }, () => `*a${depth - 1}`).join(", ")}]`);
    }
    const { document, mistakes } = parseYaml(lines.join("\n"));
    expect(document).toBeUndefined();
    expect(mistakes).toMatchObject([{ line: 2, column: 10, found: expect.stringContaining("cannot be resolved") }]);
  });

  test("refuses very deep nesting without a stack overflow", () => {
    for (const opening of ["[", "{a: ", "- "]) {
      expect(parseYaml(opening.repeat(50_000)).document).toBeUndefined();
    }
  });
});

describe("parseYaml(), a duplicate key", () => {
  test("is a mistake that names the key and both places, at any depth", () => {
    const { document, mistakes } = parseYaml("a:\n  b:\n    c: 1\n  d: 2\n  b: 3\ne: 1\na: 2\n");
    // The rest is returned, so that its problems can be reported too.
    expect(document).toEqual({ a: 2, e: 1 });
    expect(mistakes).toMatchObject([
      { key: "a.b", line: 5, column: 3, found: "a.b twice, on line 2, column 3 and on line 5, column 3" },
      { key: "a", line: 7, column: 1, found: "a twice, on line 1, column 1 and on line 7, column 1" },
    ]);
  });

  test.each([
    ["within { }", "x: { a: 1, b: 2, a: 3 }", "x.a"],
    ["within { } over several lines", "x: {\n  a: 1,\n  a: 3 }", "x.a"],
    ["in an entry of a list", "r:\n  - m: 1\n  - m: 1\n    m: 2\n", "r[1].m"],
    ["in an entry of [ ]", "r: [{ m: 1 }, { m: 1, m: 2 }]", "r[1].m"],
    ["in a list of lists", "- - a: 1\n    a: 2\n", "[0][0].a"],
    ["once in quotes", "a: 1\n\"a\": 2\n'b': 1\n", "a"],
    ["in quotes of both kinds", "'a b': 1\n\"a b\": 2\n", "a b"],
    ["once with an escape", 'a: 1\n"\\x61": 2\n', "a"],
    ["once with a question mark", "a: 1\n? a\n: 2\n", "a"],
    ["once with an anchor, once by its alias", "&k a: 1\n*k : 2\n", "a"],
    ["as the same number", "x: { 1: a, 01: b }", "x.1"],
    ["as a number and as its text", 'x: { 1: a, "1": b }', "x.1"],
    ["with a tag", "x: { 1: a, !!str 1: b }", "x.1"],
    ["without a name", 'x: { ? : 1, "": 2 }', "x."],
    ["as a merge key", "x: &x { a: 1 }\ny: { <<: *x, <<: *x }", "y.<<"],
    ["within what an alias repeats, reported once", "x: &x { a: 1, a: 2 }\ny: *x\nz: { <<: *x }", "x.a"],
    ["in JSON", '{"a": {"b": 1}, "a": 2}', "a"],
  ])("is found %s", (_, text, key) => {
    expect(parseYaml(text).mistakes).toMatchObject([{ key, found: expect.stringContaining(`${key} twice, on line `) }]);
  });

  test.each([
    ["the same key in two mappings", "a:\n  x: 1\nb:\n  x: 1\n"],
    ["a deeper key of the same name", "a:\n  a:\n    a: 1\n"],
    ["list entries", "r:\n  - match: a\n    downloaders: [b]\n  - match: c\n    downloaders: [d]\n"],
    ["list entries without indentation", "r:\n- match: a\n  x: 1\n- match: c\n  x: 2\n"],
    ["brackets over several lines", "r: [{\n    m: 1,\n  }, {\n    m: 2,\n  }]\ns: {\n  a: 1,\n}\n"],
    ["comments and quotations", "a: 1 # b: 1\n# a: 2\nb: \"# [\"\nc: 'a: {'\nd: 1\n"],
    ["a key of another case", "a: 1\nA: 2\n"],
    ["a key that is merged and set", "x: &x { a: 1 }\ny: { <<: *x, a: 2 }"],
    ["lines of a text", "a: |\n  b: 1\n  b: 1\n"],
  ])("is not reported for %s", (_, text) => {
    expect(parseYaml(text).mistakes).toEqual([]);
  });
});
