import { describe, expect, test } from "bun:test";
import { isSound } from "../../../src/commands/finding.ts";
import { findingText, sumOf } from "../../../src/commands/finding-text.ts";
import { words } from "../../../src/words/words.ts";

const LEVELS = ["ok", "note", "warn", "fail"] as const;

describe.each(["en", "ru"] as const)("in %p", (language) => {
  const { check } = words[language];

  test.each(LEVELS)("the word for %p is set apart from the sentence, and the advice is below the sentence", (level) => {
    const [line = "", advice = ""] = findingText({ level, what: "Sentence", advice: "Advice." }, check).split("\n");
    expect(line).toMatch(new RegExp(`^${check.levels[level]} {2,}Sentence$`));
    expect(advice.indexOf("→")).toBe(line.indexOf("Sentence"));
  });

  test("a finding without advice is one line", () => {
    expect(findingText({ level: "ok", what: "Sentence" }, check)).toMatch(/^.+ Sentence\n$/);
  });

  test("the last line counts failures and warnings", () => {
    const found = LEVELS.map((level) => ({ level }));
    expect(isSound(found)).toBe(false);
    expect(sumOf(found, check)).toBe(check.unsound(1, 1));
    expect(sumOf(found.slice(0, 3), check)).toBe(check.sound(1));
  });
});
