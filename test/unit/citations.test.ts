import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { contributorPages, proseOf, ROOT, rowsOf } from "../support/guide.ts";

const CITING = ["src/**/*.ts", "test/**/*.ts", "proto/*", "docs/examples/*", "drizzle.config.ts", ".ci/*", "*.service"];
/** This file contains wrong citations on purpose. */
const self = "test/unit/citations.test.ts";
const sources = CITING.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: ROOT, dot: true })])
  .filter((path) => path !== self)
  .sort()
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
const tests = sources.filter(({ path }) => path.endsWith(".test.ts"));

/** A page of `docs/internals`, and what can be cited of it. */
interface Book {
  readonly text: string;
  /** The numbers of its headings: `2.3`. */
  readonly sections: ReadonlySet<string>;
  /** The beginnings of its tables' rows and lists' items: `T4`, `I1`. */
  readonly rows: ReadonlySet<string>;
}

const books = new Map(contributorPages().map(({ path, text }) => [basename(path), bookOf(text)]));
const theRules = /^## 2\. .*?(?=^## )/ms.exec(books.get("rules.md")?.text ?? "")?.[0] ?? "";
const rules = [...theRules.matchAll(/^(\d+)\. /gm)].map(([, no]) => Number(no));

function bookOf(text: string): Book {
  const sections = [...proseOf(text).matchAll(/^#+ (\d+(?:\.\d+)*)\.? /gm)].map(([, no = ""]) => no);
  const items = [...text.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, item = ""]) => item);
  return { text, sections: new Set(sections), rows: new Set([...rowsOf(text).map(([id = ""]) => id), ...items]) };
}

/** The name of a page, alone or in `docs`; names of other files are no citations. */
const PAGE = /(?<![\w/.*-])((?:[./]*docs\/[\w*${}]+\/)?)([\w-]+(?:\.ru)?\.md)\b`?/g;
/** What may follow it: sections, rows, the words of a heading. */
const PLACES = /^(?:(?:,| and|:)? *(?:§\d+(?:\.\d+)*|[A-Z]\d+(?:–[A-Z]?\d+)?\b)|, "[^"]+")+/;
const RULES = /\brules? (\d+(?:(?:, (?:and )?| and |–)\d+)*)/gi;

/** The citations of a text that lead to nothing. */
function missingIn(text: string): string[] {
  const line = unbroken(text);
  const pages = [...line.matchAll(PAGE)].map((found) => {
    const [whole, folder = "", name = ""] = found;
    const end = found.index + whole.length;
    return { folder, name, end, places: PLACES.exec(line.slice(end))?.[0] ?? "" };
  });
  const isCited = (at: number) => pages.some(({ end, places }) => at >= end && at < end + places.length);
  // A section without a page; an RFC has its own sections.
  const lost = [...line.matchAll(/(?<!RFC \d+ )§[\d.]*\d/g)].filter(({ index }) => !isCited(index));
  const unruly = [...line.matchAll(RULES)].flatMap(([, numbers = ""]) =>
    enumerated(numbers).filter((no) => !rules.includes(Number(no))),
  );
  return [
    ...pages.flatMap(missingOf),
    ...lost.map(([section]) => `${section} of no page`),
    ...unruly.map((no) => `rule ${no}`),
  ];
}

function missingOf({ folder, name, places }: { folder: string; name: string; places: string }): string[] {
  const book = folder === "" || folder.endsWith("/internals/") ? books.get(name) : undefined;
  if (book === undefined) return isElsewhere(folder, name) && !places.includes("§") ? [] : [folder + name + places];
  const words = [...places.matchAll(/"([^"]+)"/g)]
    .map(([, said = ""]) => said)
    .filter((said) => !book.text.includes(said));
  const sections = [...places.matchAll(/§([\d.]+)/g)].map(([, no = ""]) => no).filter((no) => !book.sections.has(no));
  const rows = enumerated(places.replace(/"[^"]+"|§[\d.]+/g, "")).filter((row) => !book.rows.has(row));
  return [
    ...sections.map((no) => `${name} §${no}`),
    ...rows.map((row) => `${name} ${row}`),
    ...words.map((said) => `${name} "${said}"`),
  ];
}

/** Whether it is a page of the guide, which exists in two languages, or lies at the top, as README and CHANGELOG do. */
function isElsewhere(folder: string, name: string): boolean {
  const places = folder.includes("internals") ? [] : folder === "" ? [".", "docs/en"] : ["docs/en", "docs/ru"];
  return places.some((place) => existsSync(join(ROOT, place, name)));
}

/** A comment in one line, so that a citation may be broken anywhere. */
function unbroken(text: string): string {
  return text.replace(/\n\s*(?:\*|\/\/|#)?\s*/g, " ");
}

/** Everything that `T1, T2, T10–T12` or `3, 14 and 16` name. */
function enumerated(text: string): string[] {
  return [...text.matchAll(/([A-Z]?)(\d+)(?:–[A-Z]?(\d+))?/g)].flatMap(([, letter = "", from, to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, nth) => `${letter}${Number(from) + nth}`),
  );
}

describe("citations in comments and tests", () => {
  test("lead to pages, sections and rules that exist", () => {
    expect(sources.flatMap(({ path, text }) => missingIn(text).map((what) => `${path}: ${what}`))).toEqual([]);
  });

  test("are recognised", () => {
    const all = sources.map(({ text }) => unbroken(text)).join("\n");
    expect([...books.keys()]).toEqual(["back-ends.md", "reliability.md", "rules.md", "runtime.md", "wire.md"]);
    for (const name of books.keys())
      expect({ name, isCited: all.includes(`${name} §`) }).toEqual({ name, isCited: true });
    expect([...all.matchAll(RULES)].length).toBeGreaterThan(50);
  });

  test.each<[string, string[]]>([
    ["(reliability.md §2.3 and §2.4, `wire.md`)", []],
    ["(reliability.md §2.3 and §99.1)", ["reliability.md §99.1"]],
    ["see (reliability.md\n * §99)", ["reliability.md §99"]],
    ["`wire.md` §77: the name", ["wire.md §77"]],
    ["(reliability.md §3.1, T1, T2, T16, T98–T99)", ["reliability.md T98", "reliability.md T99"]],
    ["(reliability.md §7, I1–I9)", ["reliability.md I9"]],
    ["(reliability.md Z4)", ["reliability.md Z4"]],
    ['(rules.md, "Accepting and failing, exactly")', []],
    ['(rules.md, "Nothing of the kind")', ['rules.md "Nothing of the kind"']],
    ["(nobody.md)", ["nobody.md"]],
    ["(README.md §1)", ["README.md §1"]],
    ["docs/en/nowhere.md", ["docs/en/nowhere.md"]],
    ["docs/internals/start.md", ["docs/internals/start.md"]],
    ['page(language, "config.md"), docs/*/hosts.md', []],
    ["so it is (§2.4)", ["§2.4 of no page"]],
    ["(RFC 9112 §3.2)", []],
    ["Rules 12, 13 and 16, and more", []],
    ["(rule 17)", ["rule 17"]],
    ["(rules 3, 14 and 61)", ["rule 61"]],
    ["(rules 15–18)", ["rule 17", "rule 18"]],
  ])("of %j: wrong are %j", (text, missing) => {
    expect(missingIn(text)).toEqual(missing);
  });
});

describe("the pages for contributors", () => {
  test("cite no section of their own that does not exist", () => {
    // The guide's tests check citations that are links.
    const own = (text: string) => [...text.replace(/\[[^\]]*\]\([^)]*\)/g, "").matchAll(/§(\d+(?:\.\d+)*)/g)];
    const missing = [...books].flatMap(([name, { text, sections }]) =>
      own(text).flatMap(([cited, no = ""]) => (sections.has(no) ? [] : `${name}: ${cited}`)),
    );
    expect(missing).toEqual([]);
  });

  test("have sixteen rules, each with a test whose name starts with its number", () => {
    const sixteen = Array.from({ length: 16 }, (_, nth) => nth + 1);
    const kept = tests.flatMap(({ text }) => [...text.matchAll(/\btest\("(\d+)\. /g)].map(([, no]) => Number(no)));
    expect(rules).toEqual(sixteen);
    expect([...new Set(kept)].sort((a, b) => a - b)).toEqual(sixteen);
  });

  test("quote in the fault matrix names of tests that exist, or none", () => {
    const matrix = rowsOf(books.get("reliability.md")?.text ?? "").filter(([id = ""]) => /^[A-Z]\d+$/.test(id));
    const wrong = matrix.flatMap(([id, , , shownBy = ""]) => {
      const names = [...shownBy.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
      if (names.length === 0 && shownBy !== "none") return `${id}: neither a test nor none`;
      return names.filter((name) => !isTestName(name)).map((name) => `${id}: ${name}`);
    });
    expect(matrix.length).toBeGreaterThan(70);
    expect(wrong).toEqual([]);
    expect(isTestName("an update that nobody has thought of")).toBe(false);
  });
});

/** Whether some test has this name; `…` stands for a part that varies. */
function isTestName(said: string): boolean {
  const pattern = new RegExp(said.split("…").map(RegExp.escape).join("[^\\n]*"));
  return tests.some(({ text }) => pattern.test(text));
}
