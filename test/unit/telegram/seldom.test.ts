import { describe, expect, test } from "bun:test";
import { createSeldom } from "../../../src/telegram/seldom.ts";

describe("createSeldom()", () => {
  test("lets each id through once in its time", () => {
    let now = 0;
    const may = createSeldom(1_000, () => now);
    expect([may(1), may(1), may(2), may(2)]).toEqual([true, false, true, false]);
    now = 999;
    expect(may(1)).toBe(false);
    now = 1_000;
    expect([may(1), may(1)]).toEqual([true, false]);
  });

  test("remembers a bounded number of ids, the latest ones", () => {
    const may = createSeldom(1_000, () => 0);
    for (let id = 0; id <= 1_000; id++) may(id);
    expect([may(1_000), may(1), may(0)]).toEqual([false, false, true]);
  });
});
