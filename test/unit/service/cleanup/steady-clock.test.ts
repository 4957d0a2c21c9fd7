import { expect, test } from "bun:test";
import { createSteadyClock } from "../../../../src/service/cleanup/steady-clock.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

test.each([
  ["ahead", YEAR],
  ["behind, in 1970", -56 * YEAR],
])("a clock that is %s at the start is trusted an hour after it was set", (_, wrongBy) => {
  let [now, elapsed] = [Date.UTC(2026, 10, 23) + wrongBy, 7];
  const clock = createSteadyClock({ now: () => now, monotonic: () => elapsed, heardAt: () => undefined });
  const seen = [clock.isSteady()];
  for (const leap of [-wrongBy, 0, 0]) {
    now += HOUR + leap;
    elapsed += HOUR;
    seen.push(clock.isSteady());
  }
  expect(seen).toEqual([false, false, true, true]);
});

test("a clock stays trusted if it is set by minutes, or if the machine slept for a night", () => {
  let [now, elapsed] = [Date.UTC(2026, 10, 23), 0];
  const clock = createSteadyClock({ now: () => now, monotonic: () => elapsed, heardAt: () => undefined });
  const seen = [clock.isSteady()];
  for (const leap of [5 * 60_000, -5 * 60_000, 9 * HOUR]) {
    now += HOUR + leap;
    elapsed += HOUR;
    seen.push(clock.isSteady());
  }
  expect(seen).toEqual([false, true, true, true]);
});

test.each([
  ["was heard a minute before the start", -60_000, true],
  ["was heard in the same millisecond", 0, true],
  ["was heard the day before", -24 * HOUR, false],
  ["will be heard, by a clock that was ahead", 60_000, false],
  ["was never heard", undefined, false],
])("where somebody %s, a clock is believed at once: %p", (_, before, isBelieved) => {
  let [now, elapsed] = [Date.UTC(2026, 10, 23), 7];
  const heardAt = before === undefined ? undefined : now + before;
  const clock = createSteadyClock({ now: () => now, monotonic: () => elapsed, heardAt: () => heardAt });
  const seen = [clock.isSteady()];
  for (const leap of [YEAR, 0]) {
    now += HOUR + leap;
    elapsed += HOUR;
    seen.push(clock.isSteady());
  }
  // From then on it must not leap.
  expect(seen).toEqual([isBelieved, false, true]);
});
