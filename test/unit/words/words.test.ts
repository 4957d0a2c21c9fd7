import { describe, expect, test } from "bun:test";
import { words, wordsFor } from "../../../src/words/words.ts";

describe("wordsFor()", () => {
  test.each([
    [{ LANG: "ru_RU.UTF-8" }, "ru"],
    [{ LANG: "ru" }, "ru"],
    [{ LANG: "en_US.UTF-8" }, "en"],
    [{ LANG: "C.UTF-8" }, "en"],
    [{}, "en"],
    [{ LANG: "run" }, "en"],
    [{ LC_MESSAGES: "ru_RU.UTF-8", LANG: "en_US.UTF-8" }, "ru"],
    [{ LC_ALL: "C", LC_MESSAGES: "ru_RU.UTF-8", LANG: "ru_RU.UTF-8" }, "en"],
    [{ LC_ALL: "", LANG: "ru_RU.UTF-8" }, "ru"],
  ] as const)("reads the environment %p as %p", (env, language) => {
    expect(wordsFor(env)).toBe(words[language]);
  });

  test("prefers the language of the config", () => {
    expect(wordsFor({ LANG: "C.UTF-8" }, "ru")).toBe(words.ru);
    expect(wordsFor({ LANG: "ru_RU.UTF-8" }, "en")).toBe(words.en);
    expect(wordsFor({ LANG: "ru_RU.UTF-8" }, "auto")).toBe(words.ru);
  });
});

describe("the words of every language", () => {
  /** Each plain text with its path: `check.clock.agrees`. */
  const textsOf = (value: unknown, path = ""): [string, string][] => {
    if (typeof value === "string") return [[path, value]];
    return Object.entries(value ?? {}).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
  };

  test("differ in every plain text", () => {
    const russian = new Map(textsOf(words.ru));
    const same = textsOf(words.en).filter(([path, text]) => russian.get(path) === text);
    expect(same.map(([path]) => path)).toEqual([]);
  });
});
