import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { LANGUAGES, pagesOf, proseOf, ROOT } from "../support/guide.ts";

const FOLDER = "docs/pictures";
const KIB = 2 ** 10;

/** Every picture of the guide and the READMEs, with its alternative text. */
const shown = LANGUAGES.flatMap(pagesOf).flatMap(({ language, path, text }) =>
  [...proseOf(text).matchAll(/<img src="([^"]+)"(?: width="\d+")? alt="([^"]*)">|!\[([^\]]*)\]\(([^)]+)\)/g)].map(
    ([, source, alt, otherAlt = "", otherSource = ""]) => ({
      page: path,
      language,
      file: normalize(join(dirname(path), source ?? otherSource)),
      alt: alt ?? otherAlt,
    }),
  ),
);
const drawn = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith(".webp"));

describe("the pictures of the guide (npm run pictures)", () => {
  test("exist in the language of their page", () => {
    expect(shown.length).toBeGreaterThan(9);
    for (const { file, language } of shown) {
      expect(existsSync(join(ROOT, file))).toBe(true);
      expect(file).toEndWith(`.${language}.webp`);
    }
  });

  test("have an alternative text in the language of their page", () => {
    for (const { alt, language } of shown) {
      expect(alt.length).toBeGreaterThan(40);
      expect(/\p{Script=Cyrillic}/u.test(alt)).toBe(language === "ru");
    }
  });

  test("are all shown", () => {
    const files = new Set(shown.map(({ file }) => file));
    expect(drawn.filter((name) => !files.has(`${FOLDER}/${name}`))).toEqual([]);
  });

  test("are small, for readers with a phone", () => {
    for (const name of drawn) {
      const isMoving = name.startsWith("link.");
      expect(statSync(join(ROOT, FOLDER, name)).size).toBeLessThan((isMoving ? 500 : 100) * KIB);
    }
  });

  test("are WebP files, and only that of a link's life is animated", () => {
    for (const name of drawn) {
      const start = readFileSync(join(ROOT, FOLDER, name)).toString("latin1", 0, 40);
      expect(start).toStartWith("RIFF");
      expect(start.includes("ANIM")).toBe(name.startsWith("link."));
    }
  });
});
