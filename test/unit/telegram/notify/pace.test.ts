import { expect, test } from "bun:test";
import { createPace } from "../../../../src/telegram/notify/pace.ts";
import { createClock } from "../../../support/clock.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("the first is done at once, those that follow become one when its time has come", async () => {
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

test("a stop ends the waits, and nothing is done any more", async () => {
  const clock = createClock();
  const pace = createPace({ everyMs: 9_000, now: clock.now, wait: clock.wait });
  let later = 0;
  for (const _ of [1, 2]) pace.mayNow(1, () => void later++);
  pace.stop();
  await turn();
  expect(later).toBe(0);
});
