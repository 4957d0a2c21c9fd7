import { describe, expect, test } from "bun:test";
import { texts } from "../../../../src/telegram/locales/locales.ts";

describe("a duration that somebody has set", () => {
  test.each([
    [400, "1 s", "1 с"],
    [45_000, "45 s", "45 с"],
    [60_000, "1 min", "1 мин"],
    [90_000, "90 s", "90 с"],
    [10 * 60_000, "10 min", "10 мин"],
    [60 * 60_000, "1 h", "1 ч"],
    [90 * 60_000, "90 min", "90 мин"],
    [24 * 3_600_000, "24 h", "24 ч"],
  ])("is said exactly: %p ms", (ms, english, russian) => {
    expect(texts.en.duration(ms)).toBe(english);
    expect(texts.ru.duration(ms)).toBe(russian);
  });
});
