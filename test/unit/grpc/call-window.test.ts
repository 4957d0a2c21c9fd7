import { expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import type { CallEnd } from "../../../src/grpc/call-failure.ts";
import { createCallWindow } from "../../../src/grpc/call-window.ts";
import { neverSent } from "../../../src/grpc/outcome.ts";
import { WAIT_LIMIT_MS } from "../../support/patience.ts";

const AWAY: CallEnd<string> = {
  failure: { code: status.RESOURCE_EXHAUSTED, details: "Concurrent RPC limit exceeded!" },
};

/** A downloader that takes so many calls at a time, and ends them when the test says so. */
function createScene(most: number) {
  const window = createCallWindow();
  const open: (() => void)[] = [];
  const scene = { most, calls: 0, away: 0 };
  const server = async (): Promise<CallEnd<string>> => {
    scene.calls += 1;
    if (open.length >= scene.most) {
      scene.away += 1;
      return AWAY;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    open.push(resolve);
    await promise;
    return { reply: "ok" };
  };
  const call = (limitMs = WAIT_LIMIT_MS) => window.pass("nas", limitMs, server);
  const end = () => open.shift()?.();
  const endAll = async (count: number) => {
    for (let ended = 0; ended < count; ) {
      await setImmediate();
      if (open.length === 0) continue;
      end();
      ended += 1;
    }
  };
  return { window, scene, open, call, endAll };
}

test("a downloader that takes all calls gets them all at once", async () => {
  const { open, call, scene, endAll } = createScene(200);
  const calls = Array.from({ length: 100 }, () => call());
  await setImmediate();
  expect(open).toHaveLength(100);
  await endAll(100);
  await Promise.all(calls);
  expect(scene.calls).toBe(100);
});

test.each([
  [1, 16],
  [4, 16],
  [40, 60],
])(
  "a downloader that takes %i of %i calls refuses the others once, and gets each when another one has ended",
  async (most, count) => {
    const { call, scene, endAll } = createScene(most);
    const calls = Array.from({ length: count }, () => call());
    await setImmediate();
    expect([scene.calls, scene.away]).toEqual([count, count - most]);
    await endAll(count);
    for (const one of calls) expect(await one).toEqual({ reply: "ok" });
    expect(scene.away).toBe(count - most);
  },
);

test("a downloader that has refused a call gets no more at a time from then on", async () => {
  const { call, scene, endAll } = createScene(2);
  const calls = [call(), call(), call()];
  await endAll(3);
  const later = Array.from({ length: 9 }, () => call());
  await endAll(9);
  for (const one of [...calls, ...later]) expect(await one).toEqual({ reply: "ok" });
  expect([scene.calls, scene.away]).toEqual([13, 1]);
});

test("a call that is refused while no other runs is not repeated", async () => {
  const { call, scene } = createScene(0);
  expect(await call()).toEqual(AWAY);
  expect(await Promise.all([call(), call(), call()])).toEqual([AWAY, AWAY, AWAY]);
  expect(scene.calls).toBe(4);
});

test("a call that gets no turn in time is given up, and does not take the turn of the next ones", async () => {
  const { call, endAll } = createScene(1);
  const calls = [call(), call()];
  await setImmediate();
  expect(await call(1)).toBeUndefined();
  const last = call();
  await endAll(3);
  for (const one of [...calls, last]) expect(await one).toEqual({ reply: "ok" });
});

test.each<[string, CallEnd<string> | undefined]>([
  ["has no turn for its reply", undefined],
  ["finds nobody there", { failure: { code: status.UNAVAILABLE, details: neverSent("it has gone") } }],
])("a call that was refused, and then %s, ends as refused", async (_, last) => {
  const { window, call, endAll } = createScene(1);
  const before = call();
  const ends = [AWAY, last];
  const again = window.pass("nas", WAIT_LIMIT_MS, async () => ends.shift());
  await endAll(1);
  expect(await before).toEqual({ reply: "ok" });
  expect(await again).toEqual(AWAY);
});

test("a call that was refused, and gets no second turn in time, ends as refused", async () => {
  const { call, endAll } = createScene(1);
  const before = call();
  expect(await call(1)).toEqual(AWAY);
  await endAll(1);
  await before;
});

test("a downloader that has taken many calls without a refusal gets more at a time, and all in the end", async () => {
  const { call, scene, open, endAll } = createScene(1);
  const first = [call(), call()];
  await endAll(2);
  await Promise.all(first);
  scene.most = 2_000;
  const most: number[] = [];
  for (const count of [40, 1_200]) {
    const calls = Array.from({ length: count }, () => call());
    await endAll(count);
    await Promise.all(calls);
    const next = Array.from({ length: 50 }, () => call());
    await setImmediate();
    most.push(open.length);
    await endAll(50);
    await Promise.all(next);
  }
  expect(most).toEqual([2, 50]);
  expect(scene.away).toBe(1);
});

test("a downloader that has moved is tried anew without a limit", async () => {
  const { window, call, scene, open, endAll } = createScene(1);
  const before = [call(), call()];
  await setImmediate();
  window.forget("nas");
  scene.most = 9;
  const after = [call(), call(), call()];
  await setImmediate();
  expect(open).toHaveLength(4);
  await endAll(5);
  await Promise.all([...before, ...after]);
});

test("a downloader that turns calls away does not hold up others; neither does a call that throws", async () => {
  const { window, call, endAll } = createScene(1);
  const calls = [call(), call()];
  await setImmediate();
  expect(await window.pass("abroad", WAIT_LIMIT_MS, async () => AWAY)).toEqual(AWAY);
  await endAll(2);
  await Promise.all(calls);
  const failing = () => window.pass("nas", WAIT_LIMIT_MS, () => Promise.reject(new Error("a bug")));
  for (let times = 0; times < 3; times += 1) await expect(failing()).rejects.toThrow("a bug");
});
