import { describe, expect, test } from "bun:test";
import { createWrongTokens } from "../../../src/grpc/bearer.ts";

describe("createWrongTokens()", () => {
  test("tells of five a minute from each caller", () => {
    let now = 0;
    const isWorthTelling = createWrongTokens(() => now);
    const tells = (caller: string) => Array.from({ length: 8 }, () => isWorthTelling(caller)).filter(Boolean).length;
    expect(tells("10.0.0.7")).toBe(5);
    expect(tells("10.0.0.8")).toBe(5);
    expect(tells("10.0.0.7")).toBe(0);
    now += 60_000;
    expect(tells("10.0.0.7")).toBe(5);
  });

  test("goes on when the clock leaps back", () => {
    let now = 10_000_000;
    const isWorthTelling = createWrongTokens(() => now);
    for (let tries = 0; tries < 6; tries += 1) isWorthTelling("10.0.0.7");
    now = 0;
    expect(isWorthTelling("10.0.0.7")).toBe(true);
  });

  test("remembers only so many callers, and says nothing of the rest", () => {
    const isWorthTelling = createWrongTokens(() => 0);
    const told = Array.from({ length: 5_000 }, (_, n) => isWorthTelling(`2001:db8::${n.toString(16)}`));
    expect(told.filter(Boolean)).toHaveLength(1_000);
    expect(isWorthTelling("2001:db8::0")).toBe(true);
  });
});
