import { expect, test } from "bun:test";
import { createSteadyClock } from "../../../../src/service/cleanup/steady-clock.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

test.each([
  ["ahead", YEAR],
  ["behind, in 1970", -56 * YEAR],
])("a clock that is %s at the start is trusted an hour after it was set", (_, wrongBy) => {
  let [now, elapsed] = [Date.UTC(2026, 10, 23) + wrongBy, 7];
  const clock = createSteadyClock({ now: () => now, monotonic: () => elapsed });
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
  const clock = createSteadyClock({ now: () => now, monotonic: () => elapsed });
  const seen = [clock.isSteady()];
  for (const leap of [5 * 60_000, -5 * 60_000, 9 * HOUR]) {
    now += HOUR + leap;
    elapsed += HOUR;
    seen.push(clock.isSteady());
  }
  expect(seen).toEqual([false, true, true, true]);
});
