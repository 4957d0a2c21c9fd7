import { describe, expect, test } from "bun:test";
import { wait, within } from "../../../src/domain/wait.ts";
import { createClock } from "../../support/clock.ts";

describe("wait()", () => {
  test("resolves when it is aborted, before or during", async () => {
    const abort = new AbortController();
    const during = wait(2 ** 30, abort.signal);
    abort.abort();
    await during;
    await wait(2 ** 30, abort.signal);
  });

  test("does not end at once if the wait is too long for a timer", async () => {
    const abort = new AbortController();
    const first = await Promise.race([
      wait(2 ** 40, abort.signal).then(() => "the long one"),
      wait(5, abort.signal).then(() => "the short one"),
    ]);
    abort.abort();
    expect(first).toBe("the short one");
  });
});

describe("within()", () => {
  const never = new Promise<string>(() => {});

  test("is what the work resolves with, and ends the wait", async () => {
    const clock = createClock();
    expect(await within(Promise.resolve("done"), { ms: 100, wait: clock.wait })).toBe("done");
    await clock.waiting(0);
  });

  test("is undefined once the time is over", async () => {
    const clock = createClock();
    const waited = within(never, { ms: 100, wait: clock.wait });
    clock.advance(await clock.sleeping(100));
    expect(await waited).toBeUndefined();
  });

  test("is undefined as soon as the signal aborts", async () => {
    const stop = new AbortController();
    const waited = within(never, { ms: 2 ** 30, wait, signal: stop.signal });
    stop.abort();
    expect(await waited).toBeUndefined();
  });

  test("fails as the work does, and ends the wait", async () => {
    const clock = createClock();
    const failing = within(Promise.reject(new Error("no")), { ms: 100, wait: clock.wait });
    await expect(failing).rejects.toThrow("no");
    await clock.waiting(0);
  });
});
