import { describe, expect, test } from "bun:test";
import { createRepetition } from "../../../src/log/repetition.ts";

describe("createRepetition()", () => {
  test("lets a line through at once, then once a minute with the number held back", () => {
    let now = 1_000;
    const repetition = createRepetition(() => now);
    const atSecond = (second: number) => {
      now = 1_000 + second * 1000;
      return repetition("down");
    };
    expect([0, 1, 30, 59, 60, 61, 120, 180].map(atSecond)).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      3,
      undefined,
      1,
      0,
    ]);
  });

  test("tells lines apart", () => {
    const repetition = createRepetition(() => 0);
    expect([repetition("a"), repetition("b"), repetition("a")]).toEqual([0, 0, undefined]);
  });

  test("is not silenced for long by a clock that was set back", () => {
    let now = 9_000_000;
    const repetition = createRepetition(() => now);
    repetition("a");
    now = 0;
    expect(repetition("a")).toBe(0);
  });

  test("forgets the line written longest ago when there are more than a thousand", () => {
    const repetition = createRepetition(() => 0);
    for (let line = 0; line <= 1000; line++) repetition(`line ${line}`);
    expect(repetition("line 1")).toBeUndefined();
    expect(repetition("line 0")).toBe(0);
  });
});
