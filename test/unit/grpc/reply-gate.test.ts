import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { createReplyGate } from "../../../src/grpc/reply-gate.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";

const MIB = 1024 * 1024;

/** Calls through a gate that end when the test says so. */
function createCalls() {
  const gate = createReplyGate();
  const open: (() => void)[] = [];
  let most = 0;
  const call = (name: string, { isList = true, limitMs = WAIT_LIMIT_MS } = {}) =>
    gate.pass(name, { isList, limitMs }, async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      open.push(() => resolve(name));
      most = Math.max(most, open.length);
      return promise;
    });
  const endAll = async (count: number) => {
    for (let ended = 0; ended < count; ended++) {
      await setImmediate();
      open.shift()?.();
    }
  };
  return { gate, call, endAll, open, most: () => most };
}

describe("replies", () => {
  test("are received two at a time once they are known to be large", async () => {
    const { gate, call, endAll, most } = createCalls();
    for (const name of ["a", "b"]) gate.received(name, 2 * MIB);
    const calls = ["a", "b", "a", "b", "a"].map((name) => call(name, { isList: false }));
    await endAll(5);
    expect(await Promise.all(calls)).toEqual(["a", "b", "a", "b", "a"]);
    expect(most()).toBe(2);
  });

  test("that were small wait for nobody", () => {
    const { gate, call, open } = createCalls();
    gate.received("nas", 1_000);
    for (let calls = 0; calls < 40; calls++) void call("nas");
    expect(open).toHaveLength(40);
  });

  test("of unknown size are received eight lists at a time, while links still go out", async () => {
    const { call, open } = createCalls();
    for (let calls = 0; calls < 20; calls++) void call(`nas ${calls}`);
    await setImmediate();
    expect(open).toHaveLength(8);
    void call("nas 99", { isList: false });
    expect(open).toHaveLength(9);
  });

  test("that have no turn in time are given up, and do not take the turn of the next ones", async () => {
    const { gate, call, endAll, open } = createCalls();
    gate.received("nas", 2 * MIB);
    const first = [call("nas"), call("nas")];
    expect(await call("nas", { limitMs: 1 })).toBeUndefined();
    const next = call("nas");
    await endAll(3);
    expect(await Promise.all([...first, next])).toEqual(["nas", "nas", "nas"]);
    expect(open).toEqual([]);
  });

  test("of a forgotten downloader count as unknown again", async () => {
    const { gate, call, open } = createCalls();
    gate.received("nas", 2 * MIB);
    gate.forget("nas");
    for (let calls = 0; calls < 5; calls++) void call("nas");
    await setImmediate();
    expect(open).toHaveLength(5);
  });
});
