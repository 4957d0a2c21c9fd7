import { expect, test } from "bun:test";
import { createLiveness } from "../../../../src/downloader/back-ends/liveness.ts";
import { createClock } from "../../../support/clock.ts";

/** A program to which a connection may be held or not; the test decides when it closes. */
function open() {
  const clock = createClock();
  const stopping = new AbortController();
  let times = 0;
  let left = 0;
  let lets: (() => void) | undefined;
  let refuses = false;
  const liveness = createLiveness({
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
    onClosed: () => {
      left += 1;
    },
    now: clock.now,
    random: () => 0,
    stop: stopping.signal,
  });
  return {
    clock,
    liveness,
    stop: () => stopping.abort(),
    refuses: () => {
      refuses = true;
    },
    letsGo: async () => {
      lets?.();
      await liveness.ended();
    },
    times: () => times,
    left: () => left,
  };
}

test("a connection to a program is held once, and again a moment after it has closed", async () => {
  const one = open();
  one.liveness.connect(true);
  one.liveness.connect(false);
  expect(one.times()).toBe(1);
  await one.letsGo();
  expect(one.left()).toBe(1);
  one.liveness.connect(false);
  expect(one.times()).toBe(1);
  one.clock.advance(1_600);
  one.liveness.connect(false);
  expect(one.times()).toBe(2);
});

test("a connection is held at once to a program that is back, even one killed twice within seconds", async () => {
  const one = open();
  for (let nth = 1; nth <= 5; nth++) {
    one.liveness.connect(true);
    expect(one.times()).toBe(nth);
    await one.letsGo();
  }
  expect(one.left()).toBe(5);
});

test("a connection that is closed again and again is renewed ever more rarely; one that lasts resets that", async () => {
  const one = open();
  one.liveness.connect(true);
  for (let nth = 0; nth < 8; nth++) {
    await one.letsGo();
    one.clock.advance(60_000);
    one.liveness.connect(false);
  }
  await one.letsGo();
  one.clock.advance(40_000);
  one.liveness.connect(false);
  expect(one.times()).toBe(9);
  one.clock.advance(20_000);
  one.liveness.connect(false);
  one.clock.advance(60_000);
  await one.letsGo();
  one.clock.advance(1_600);
  one.liveness.connect(false);
  expect(one.times()).toBe(11);
});

test("a failed connection does not count as closed, and a clock that is set back prevents no further try", async () => {
  const one = open();
  one.refuses();
  one.liveness.connect(true);
  await one.letsGo();
  expect(one.left()).toBe(0);
  one.clock.advance(-86_400_000);
  one.liveness.connect(false);
  expect(one.times()).toBe(2);
});

test("a stop closes the connection, without a report that the program has gone", async () => {
  const one = open();
  one.liveness.connect(true);
  one.stop();
  await one.liveness.ended();
  expect(one.left()).toBe(0);
});
