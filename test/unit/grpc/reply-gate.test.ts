import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { type AskedFor, createReplyGate } from "../../../src/grpc/reply-gate.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";

const MIB = 1024 * 1024;

/** Calls through a gate that end when the test says so. */
function createCalls() {
  const gate = createReplyGate();
  const open: { readonly name: string; readonly end: () => void }[] = [];
  const call = (name: string, { method = "Queue", limitMs = WAIT_LIMIT_MS }: Partial<AskedFor> = {}) =>
    gate.pass(name, { method, limitMs }, async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      open.push({ name, end: () => resolve(name) });
      return promise;
    });
  /** Who is being received, once everything that can begin has begun. */
  const names = async () => {
    await setImmediate();
    return open.map(({ name }) => name);
  };
  const endAll = async (count: number) => {
    for (let ended = 0; ended < count; ended++) {
      await setImmediate();
      open.shift()?.end();
    }
  };
  const isLarge = (...large: string[]) => {
    for (const name of large) gate.received(name, "Queue", 2 * MIB);
  };
  return { gate, call, names, endAll, open, isLarge };
}

describe("replies", () => {
  test("are received from two downloaders at a time once they are known to be large", async () => {
    const { call, names, endAll, isLarge } = createCalls();
    const all = ["a", "b", "c", "d"];
    isLarge(...all);
    const calls = all.map((name) => call(name));
    expect(await names()).toEqual(["a", "b"]);
    await endAll(4);
    expect(await Promise.all(calls)).toEqual(all);
  });

  test("of one that hangs take nobody's turn but its own", async () => {
    const { call, names, isLarge } = createCalls();
    isLarge("hangs", "quick");
    for (let calls = 0; calls < 20; calls++) void call("hangs");
    void call("quick");
    expect(await names()).toEqual(["hangs", "quick"]);
  });

  test("of unknown size take nobody's turn but its own either, however often it is asked", async () => {
    const { call, names } = createCalls();
    for (let calls = 0; calls < 20; calls++) void call("hangs", { method: calls % 2 === 0 ? "Queue" : "Status" });
    void call("a");
    expect(await names()).toEqual(["hangs", "hangs", "a"]);
  });

  test("that were small wait for no other downloader", async () => {
    const { gate, call, names } = createCalls();
    const all = Array.from({ length: 40 }, (_, n) => `nas ${n}`);
    for (const name of all) gate.received(name, "Queue", 1_000);
    for (const name of all) void call(name);
    expect(await names()).toEqual(all);
  });

  test("that were small are received eight at a time from one downloader, because the next may be large", async () => {
    const { gate, call, names } = createCalls();
    gate.received("nas", "Queue", 1_000);
    for (let calls = 0; calls < 20; calls++) void call("nas");
    expect(await names()).toHaveLength(8);
  });

  test("to one method say nothing about those to another", async () => {
    const { gate, call, names, isLarge } = createCalls();
    isLarge("nas");
    gate.received("nas", "Healtheck", 10);
    void call("nas");
    void call("nas");
    void call("nas", { method: "Healtheck" });
    expect(await names()).toEqual(["nas", "nas"]);
  });

  test("of unknown size are received eight lists at a time", async () => {
    const { call, names } = createCalls();
    for (let calls = 0; calls < 20; calls++) void call(`nas ${calls}`);
    expect(await names()).toHaveLength(8);
    void call("nas 99", { method: "DeleteFromQueue" });
    expect(await names()).toHaveLength(9);
  });

  test("that have no turn in time are given up, and do not take the turn of the next ones", async () => {
    const { call, endAll, open, isLarge } = createCalls();
    isLarge("nas");
    const first = call("nas");
    expect(await call("nas", { limitMs: 1 })).toBeUndefined();
    const next = call("nas");
    await endAll(2);
    expect(await Promise.all([first, next])).toEqual(["nas", "nas"]);
    expect(open).toEqual([]);
  });

  test("of a forgotten downloader count as unknown again", async () => {
    const { gate, call, names, isLarge } = createCalls();
    isLarge("a", "b", "nas");
    gate.forget("nas");
    for (const name of ["a", "b", "nas"]) void call(name);
    expect(await names()).toEqual(["a", "b", "nas"]);
  });

  test("are read two at a time if they are large, and at once if they are small", async () => {
    const { gate } = createCalls();
    const reading: string[] = [];
    const ends: (() => void)[] = [];
    const read = (name: string, bytes: number) =>
      gate.read(bytes, () => {
        reading.push(name);
        const { promise, resolve } = Promise.withResolvers<void>();
        ends.push(resolve);
        return promise;
      });
    for (const name of ["a", "b", "c"]) void read(name, 2 * MIB);
    void read("small", 1_000);
    await setImmediate();
    expect(reading).toEqual(["small", "a", "b"]);
    for (const end of ends) end();
    await setImmediate();
    expect(reading).toEqual(["small", "a", "b", "c"]);
  });
});
