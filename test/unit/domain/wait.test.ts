import { describe, expect, test } from "bun:test";
import { wait } from "../../../src/domain/wait.ts";

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
