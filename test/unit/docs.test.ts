import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import {
  blocksOf,
  changelogIn,
  commandsOf,
  contributorPages,
  englishPage,
  LANGUAGES,
  type Page,
  pagesOf,
  proseOf,
  ROOT,
} from "../support/guide.ts";

const guide = LANGUAGES.flatMap(pagesOf);
/** The pages for contributors, which exist in English only. */
const ofTests = [...new Bun.Glob("test/**/*.md").scanSync(ROOT)].sort().map(englishPage);
const all = [
  ...guide,
  ...contributorPages(),
  ...LANGUAGES.map(changelogIn),
  ...["ARCHITECTURE.md", "CONTRIBUTING.md"].map(englishPage),
  ...ofTests,
];
const [english, russian] = LANGUAGES.map(pagesOf);

const headingsOf = ({ text }: Page) => [...proseOf(text).matchAll(/^(#+) (.+)$/gm)];
/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
const anchorsIn = (path: string) =>
  headingsOf({ language: "en", path, text: readFileSync(join(ROOT, path), "utf8") }).map(([, , title = ""]) =>
    anchorOf(title),
  );
const linksOf = ({ text }: Page) => [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to);

describe("the guide", () => {
  test("has the same pages in both languages", () => {
    const names = (pages: readonly Page[] = []) =>
      pages.map(({ path }) => path.replace(/^docs\/\w+\/|\.ru(?=\.md$)/g, ""));
    expect(names(english).length).toBeGreaterThan(12);
    expect(names(russian)).toEqual(names(english));
  });

  test.each((english ?? []).map((page, at) => [page.path, page, russian?.[at]] as const))(
    "%s has the same headings and the same code in both languages",
    (_, page, other) => {
      if (other === undefined) throw new Error("There is no such page in Russian");
      const levels = (of: Page) => headingsOf(of).map(([, level]) => level);
      expect(levels(other)).toEqual(levels(page));
      // Comments are translated.
      expect(commandsOf(other.text)).toEqual(commandsOf(page.text));
      const rest = (of: Page) => blocksOf(of.text).filter(({ kind }) => !["", "sh"].includes(kind));
      expect(rest(other)).toEqual(rest(page));
    },
  );

  test("has no broken links", () => {
    const broken = all.flatMap((page) =>
      linksOf(page)
        .filter((to) => !/^https?:/.test(to))
        .filter((to) => {
          const [file = "", anchor] = to.split("#");
          const path = file === "" ? page.path : normalize(join(dirname(page.path), file));
          if (!existsSync(join(ROOT, path))) return true;
          return anchor !== undefined && !anchorsIn(path).includes(anchor);
        })
        .map((to) => `${page.path}: ${to}`),
    );
    expect(guide.flatMap(linksOf).length).toBeGreaterThan(50);
    expect(ofTests.flatMap(linksOf).length).toBeGreaterThan(2);
    expect(broken).toEqual([]);
  });

  test("links from its first page to every other", () => {
    for (const language of LANGUAGES) {
      const [, ...pages] = pagesOf(language);
      const first = pages.find(({ path }) => path.endsWith("/README.md"));
      const named = first === undefined ? [] : linksOf(first);
      const others = pages.map(({ path }) => path.split("/").at(-1) ?? "").filter((name) => name !== "README.md");
      expect(others.filter((name) => !named.includes(name))).toEqual([]);
    }
  });

  test("has no torn tables", () => {
    const torn = all.flatMap(({ path, text }) => {
      const lines = proseOf(text).split("\n");
      const width = (line: string) => line.replace(/`[^`]*`/g, "").split("|").length;
      return lines.flatMap((line, at) => {
        const before = lines[at - 1] ?? "";
        const isTorn = line.startsWith("|") && before.startsWith("|") && width(line) !== width(before);
        return isTorn ? [`${path}: ${line}`] : [];
      });
    });
    expect(torn).toEqual([]);
  });
});

describe("the changelog", () => {
  /** Each heading by its level, or a version by its number, with the number of bullets below it. */
  const outlineOf = ({ text }: Page) =>
    text.split(/^(?=#)/m).map((section) => {
      const [heading = ""] = section.split("\n");
      const [level = "", version = ""] = heading.split(" ");
      return { heading: level === "##" ? `## ${version}` : level, bullets: section.match(/^- /gm)?.length ?? 0 };
    });

  test("has the same versions, headings and bullets in both languages", () => {
    const [inEnglish = [], inRussian] = LANGUAGES.map(changelogIn).map(outlineOf);
    expect(inEnglish.length).toBeGreaterThan(2);
    expect(inRussian).toEqual(inEnglish);
  });

  test("links from each language to the other", () => {
    expect(linksOf(changelogIn("en"))).toContain("CHANGELOG.ru.md");
    expect(linksOf(changelogIn("ru"))).toContain("CHANGELOG.md");
  });
});
