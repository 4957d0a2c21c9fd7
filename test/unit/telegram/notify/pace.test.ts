import { expect, test } from "bun:test";
import { createPace } from "../../../../src/telegram/notify/pace.ts";
import { createClock } from "../../../support/clock.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("the first call is made at once, and those that follow become one when its time has come", async () => {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  let later = 0;
  const ask = (id = 1) => pace.mayNow(id, () => void later++);
  expect([ask(), ask(), ask(), ask(2)]).toEqual([true, false, false, true]);
  clock.advance(8_999);
  await turn();
  expect(later).toBe(0);
  clock.advance(1);
  await turn();
  expect([later, ask(), ask()]).toEqual([1, true, false]);
});

test("one call may come early, and the next one comes later instead", async () => {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  let later = 0;
  const ask = (early = false) => pace.mayNow(1, () => void later++, { early });
  expect([ask(), ask(), ask(true), ask(true)]).toEqual([true, false, true, false]);
  clock.advance(9_000);
  await turn();
  // The early one is followed by a check, and the call that this asks for has to wait.
  expect([later, ask()]).toEqual([1, false]);
  clock.advance(9_000);
  await turn();
  expect([later, ask()]).toEqual([2, true]);
});

test("calls that may come early wait only for the usual time", async () => {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  let later = 0;
  const ask = () => pace.mayNow(1, () => void later++, { early: true });
  expect([ask(), ask(), ask()]).toEqual([true, true, false]);
  clock.advance(8_999);
  await turn();
  expect(later).toBe(0);
  clock.advance(1);
  await turn();
  expect([later, ask(), ask()]).toEqual([1, true, false]);
});

test("a clock that is set back makes nothing wait", () => {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  const ask = () => pace.mayNow(1, () => undefined);
  expect(ask()).toBe(true);
  clock.advance(-3_600_000);
  expect(ask()).toBe(true);
});

test("a stop ends the waits, and nothing is called afterwards", async () => {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  let later = 0;
  for (const _ of [1, 2]) pace.mayNow(1, () => void later++);
  pace.stop();
  await turn();
  expect(later).toBe(0);
});
