import { expect, test } from "bun:test";
import { createAttendance } from "../../../../src/downloader/back-ends/attendance.ts";
import { createClock } from "../../../support/clock.ts";

/** A program that can be held on to, or not; the test says when it lets go. */
function open() {
  const clock = createClock();
  const stopping = new AbortController();
  let times = 0;
  let left = 0;
  let lets: (() => void) | undefined;
  let refuses = false;
  const attendance = createAttendance({
    remote: {
      async holdOn(signal) {
        times += 1;
        if (refuses) throw new Error("no WebSocket");
        const { promise, resolve } = Promise.withResolvers<void>();
        lets = resolve;
        signal.addEventListener("abort", () => resolve());
        await promise;
      },
    },
    left: () => {
      left += 1;
    },
    now: clock.now,
    random: () => 0,
    stop: stopping.signal,
  });
  return {
    clock,
    attendance,
    stop: () => stopping.abort(),
    refuses: () => {
      refuses = true;
    },
    letsGo: async () => {
      lets?.();
      await attendance.ended();
    },
    times: () => times,
    left: () => left,
  };
}

test("a program is held on to once, and again when it has let go of it, a moment later", async () => {
  const one = open();
  one.attendance.hold(true);
  one.attendance.hold(false);
  expect(one.times()).toBe(1);
  await one.letsGo();
  expect(one.left()).toBe(1);
  one.attendance.hold(false);
  expect(one.times()).toBe(1);
  one.clock.advance(1_600);
  one.attendance.hold(false);
  expect(one.times()).toBe(2);
});

test("one that is back is held on to at once, also one that was killed twice within seconds", async () => {
  const one = open();
  for (let nth = 1; nth <= 5; nth++) {
    one.attendance.hold(true);
    expect(one.times()).toBe(nth);
    await one.letsGo();
  }
  expect(one.left()).toBe(5);
});

test("where something between ends it all the time, it is held on to ever more seldom, and what lasts makes up for that", async () => {
  const one = open();
  one.attendance.hold(true);
  for (let nth = 0; nth < 8; nth++) {
    await one.letsGo();
    one.clock.advance(60_000);
    one.attendance.hold(false);
  }
  await one.letsGo();
  one.clock.advance(40_000);
  one.attendance.hold(false);
  expect(one.times()).toBe(9);
  one.clock.advance(20_000);
  one.attendance.hold(false);
  one.clock.advance(60_000);
  await one.letsGo();
  one.clock.advance(1_600);
  one.attendance.hold(false);
  expect(one.times()).toBe(11);
});

test("one that cannot be held on to has not let go, and a clock that was set back keeps nobody from trying", async () => {
  const one = open();
  one.refuses();
  one.attendance.hold(true);
  await one.letsGo();
  expect(one.left()).toBe(0);
  one.clock.advance(-86_400_000);
  one.attendance.hold(false);
  expect(one.times()).toBe(2);
});

test("who stops lets go, and nobody hears of it", async () => {
  const one = open();
  one.attendance.hold(true);
  one.stop();
  await one.attendance.ended();
  expect(one.left()).toBe(0);
});
