import { describe, expect, test } from "bun:test";
import { createStallDetector } from "../../../../src/downloader/local/stall-detector.ts";
import { createClock } from "../../../support/clock.ts";

const MINUTE_MS = 60_000;

/** A detector, and a function that passes a minute in which so many bytes arrive. */
function starting() {
  const clock = createClock();
  const detector = createStallDetector(clock.wait);
  const minute = async (bytes: number) => {
    await clock.sleeping(MINUTE_MS);
    detector.received(bytes);
    clock.advance(MINUTE_MS);
    // Lets the woken waits run.
    await Promise.resolve();
    await Promise.resolve();
    return detector.stalled.aborted;
  };
  return { clock, detector, minute };
}

describe("createStallDetector()", () => {
  test("gives up a site that was silent for a minute", async () => {
    const { minute } = starting();
    expect(await minute(1)).toBe(false);
    expect(await minute(0)).toBe(true);
  });

  test("gives up a site that sends a byte a minute, after five minutes", async () => {
    const { minute } = starting();
    for (const nth of [1, 2, 3, 4, 5]) expect(await minute(1)).toBe(nth === 5);
  });

  test("is patient with a slow site, also when it sends in bursts", async () => {
    const { minute } = starting();
    for (const bytes of [30_000, 1, 1, 1, 1, 30_000, 1, 1, 1, 1]) expect(await minute(bytes)).toBe(false);
  });

  test("does not judge during our own pauses, and begins anew afterwards", async () => {
    const { detector, minute } = starting();
    for (const _nth of [1, 2, 3, 4]) expect(await minute(1)).toBe(false);
    const paused = detector.pause(MINUTE_MS * 2.5, new AbortController().signal);
    for (const _nth of [1, 2, 3]) expect(await minute(0)).toBe(false);
    await paused;
    for (const nth of [1, 2, 3, 4, 5]) expect(await minute(1)).toBe(nth === 5);
  });

  test("does not judge while it is held, until something arrives or six hours have passed", async () => {
    const { detector, minute } = starting();
    detector.expectSilence();
    for (let nth = 1; nth <= 10; nth += 1) expect(await minute(0)).toBe(false);
    expect(await minute(1)).toBe(false);
    expect(await minute(0)).toBe(true);
    const other = starting();
    other.detector.expectSilence();
    for (let nth = 1; nth <= 360; nth += 1) expect(await other.minute(0)).toBe(nth === 360);
  });

  test("ends when it is disposed of", async () => {
    const { clock, detector } = starting();
    await clock.sleeping(MINUTE_MS);
    detector[Symbol.dispose]();
    clock.advance(MINUTE_MS);
    expect(detector.stalled.aborted).toBe(false);
  });
});
