import { expect, test } from "bun:test";
import { createPace } from "../../../../src/telegram/notify/pace.ts";
import { createClock } from "../../../support/clock.ts";
import { turn } from "../../service/world.ts";

/** Something that may be done every 9 s; `asks` whether it may be done now. */
function createScene() {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  let later = 0;
  return {
    ...{ clock, pace },
    asks: ({ id = 1, early = false } = {}) => pace.mayNow(id, () => void later++, { early }),
    /** Resolves with how often it was told by then that it may. */
    async passes(ms: number) {
      clock.advance(ms);
      await turn();
      return later;
    },
  };
}

test("the first call is made at once, and those that follow become one when its time has come", async () => {
  const { asks, passes } = createScene();
  expect([asks(), asks(), asks(), asks({ id: 2 })]).toEqual([true, false, false, true]);
  expect(await passes(8_999)).toBe(0);
  expect(await passes(1)).toBe(1);
  expect([asks(), asks()]).toEqual([true, false]);
});

test("one call may come early, and the next one comes later instead", async () => {
  const { asks, passes } = createScene();
  expect([asks(), asks()]).toEqual([true, false]);
  expect([asks({ early: true }), asks({ early: true })]).toEqual([true, false]);
  // The early one is followed by a check, and the call that this asks for has to wait.
  expect(await passes(9_000)).toBe(1);
  expect(asks()).toBe(false);
  expect(await passes(9_000)).toBe(2);
  expect(asks()).toBe(true);
});

test("calls that may come early wait only for the usual time", async () => {
  const { asks, passes } = createScene();
  const early = () => asks({ early: true });
  expect([early(), early(), early()]).toEqual([true, true, false]);
  expect(await passes(8_999)).toBe(0);
  expect(await passes(1)).toBe(1);
  expect([early(), early()]).toEqual([true, false]);
});

test("a clock that is set back makes nothing wait", () => {
  const { asks, clock } = createScene();
  expect(asks()).toBe(true);
  clock.advance(-3_600_000);
  expect(asks()).toBe(true);
});

test("a stop ends the waits, and nothing is called afterwards", async () => {
  const { asks, pace, passes } = createScene();
  expect([asks(), asks()]).toEqual([true, false]);
  pace.stop();
  expect(await passes(9_000)).toBe(0);
});
