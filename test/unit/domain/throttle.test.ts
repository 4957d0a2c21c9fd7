import { describe, expect, test } from "bun:test";
import { createThrottle } from "../../../src/domain/throttle.ts";

describe("createThrottle()", () => {
  test("lets a key through at once, then once per interval with the number held back", () => {
    let now = 1_000;
    const throttle = createThrottle<string>(60_000, () => now);
    const atSecond = (second: number) => {
      now = 1_000 + second * 1000;
      return throttle("down")?.heldBack;
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

  test("counts each key separately", () => {
    const throttle = createThrottle<number>(1_000, () => 0);
    expect([1, 2, 1].map((key) => throttle(key)?.heldBack)).toEqual([0, 0, undefined]);
  });

  test("lets a key through if the clock was set back", () => {
    let now = 9_000_000;
    const throttle = createThrottle<string>(60_000, () => now);
    throttle("a");
    now = 0;
    expect(throttle("a")).toEqual({ heldBack: 0 });
  });

  test("remembers only the latest 1,000 keys", () => {
    const throttle = createThrottle<number>(1_000, () => 0);
    for (let key = 0; key <= 1_000; key++) throttle(key);
    expect([1_000, 1, 0].map((key) => throttle(key)?.heldBack)).toEqual([undefined, undefined, 0]);
  });
});
