import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ejectionMs, nextAskAt, nextAttemptAt } from "../../../src/domain/retry.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const now = Date.UTC(2026, 10, 23);
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("nextAttemptAt()", () => {
  test("doubles the wait after each failure, up to the cap", () => {
    const waits = [1, 2, 3, 4, 9, 10, 12, 5000].map(
      (attempts) => nextAttemptAt({ attempts, now, first: MINUTE, cap: 6 * HOUR, random: () => 0.5 }) - now,
    );
    const atCap = 0.9 * 6 * HOUR;
    expect(waits).toEqual([1, 2, 4, 8, 256].map((minutes) => minutes * MINUTE).concat(atCap, atCap, atCap));
  });

  test("varies the wait by up to 20 % in both directions", () => {
    const wait = (random: number) =>
      nextAttemptAt({ attempts: 1, now, first: MINUTE, cap: HOUR, random: () => random }) - now;
    expect(wait(0)).toBe(0.8 * MINUTE);
    expect(wait(1 - Number.EPSILON)).toBeCloseTo(1.2 * MINUTE, -1);
  });

  test("never waits longer than the cap, and is never in the past", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(24 * HOUR), fc.nat(24 * HOUR), fraction, (attempts, first, cap, random) => {
        const wait = nextAttemptAt({ attempts, now, first, cap, random: () => random }) - now;
        expect(wait).toBeInteger();
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(cap);
      }),
    );
  });

  test("does not shorten the wait after another failure, for the same random number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fraction, (attempts, random) => {
        const at = (failed: number) =>
          nextAttemptAt({ attempts: failed, now, first: MINUTE, cap: 6 * HOUR, random: () => random });
        // Close to the cap the upper half of the jitter is cut off, which may shorten the wait by a fifth.
        expect(at(attempts + 1) - now).toBeGreaterThanOrEqual((at(attempts) - now) * 0.8);
      }),
    );
  });
});

describe("nextAskAt()", () => {
  test("waits 5, 15, 60 and then always 60 s", () => {
    const waits = [0, 1, 2, 3, 99].map((asks) => nextAskAt({ asks, now, holdUntil: now + HOUR }) - now);
    expect(waits).toEqual([5000, 15_000, 60_000, 60_000, 60_000]);
  });

  test("never goes past the end of the hold", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: -HOUR, max: HOUR }), (asks, left) => {
        expect(nextAskAt({ asks, now, holdUntil: now + left })).toBeLessThanOrEqual(now + left);
      }),
    );
  });
});

describe("ejectionMs()", () => {
  test("grows by 30 s each time, up to 10 min", () => {
    expect([0, 1, 2, 19, 20, 21, 1000].map(ejectionMs)).toEqual([
      0, 30_000, 60_000, 570_000, 600_000, 600_000, 600_000,
    ]);
  });
});
