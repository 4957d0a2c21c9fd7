import { describe, expect, test } from "bun:test";
import { parseStay } from "../../../../src/telegram/commands/invite.ts";

const HOUR = 3_600_000;

describe("parseStay()", () => {
  test.each([
    ["12h", 12 * HOUR],
    ["3d", 72 * HOUR],
    [" 3 D ", 72 * HOUR],
    ["3д", 72 * HOUR],
    ["5ч", 5 * HOUR],
    ["366d", 366 * 24 * HOUR],
    ["367d", undefined],
    ["0d", undefined],
    ["-1d", undefined],
    ["3", undefined],
    ["d", undefined],
    ["3w", undefined],
    ["3d 4h", undefined],
    ["99999d", undefined],
  ])("%j: %p", (text, ms) => {
    expect(parseStay(text)).toBe(ms);
  });
});
