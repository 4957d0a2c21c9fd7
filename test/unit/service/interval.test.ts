import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { startInterval, untilNext } from "../../../src/service/interval.ts";
import { createLateWrites } from "../../../src/service/late-writes.ts";
import { openStore } from "../../../src/store/store.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { turn } from "./world.ts";

const NEVER_MS = 2 ** 31 - 1;

/** An interval whose runs the test ends. */
function createRuns(everyMs = NEVER_MS, gatherMs?: number) {
  const log = createRecordingLog();
  const begun = Promise.withResolvers<void>();
  const ends: ((error?: Error) => void)[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
      begun.resolve();
    });
  const gathers = gatherMs !== undefined && { gatherMs };
  const interval = startInterval({ everyMs, ...gathers, work, name: "Working", log });
  return { log, interval, ends, begun: begun.promise };
}

describe("startInterval()", () => {
  test("runs by itself, again and again", async () => {
    const thrice = Promise.withResolvers<void>();
    let runs = 0;
    async function work(): Promise<void> {
      runs += 1;
      if (runs === 3) thrice.resolve();
    }
    const interval = startInterval({ everyMs: 1, work, name: "Working", log: createRecordingLog() });
    await thrice.promise;
    await interval.stop();
  });

  test.each([
    [12_300, 2_700],
    [15_000, 5_000],
    [15_001, 4_999],
    [16_000, 4_000],
  ])("runs at multiples of its period, like all others: at %p ms the next is %p ms away", (now, leftMs) => {
    expect(untilNext(5_000, now)).toBe(leftMs);
  });

  test("logs an error with its stack, but of a database that cannot be used only that the work waits for it", async () => {
    const { log, interval, ends } = createRuns();
    for (const error of [new Error("no such column"), new StoreUnavailable("SQLITE_FULL")]) {
      interval.trigger();
      await turn();
      ends.at(-1)?.(error);
      await turn();
    }
    await interval.stop();
    expect(log.lines).toEqual([
      { level: "error", message: "Working failed", fields: { error: expect.any(Error) } },
      { level: "warn", message: "Working must wait until the database can be used", fields: { code: "SQLITE_FULL" } },
    ]);
  });

  test("runs at a trigger, once more for all triggers during a run, and never twice at a time", async () => {
    const { interval, ends } = createRuns();
    interval.trigger();
    await turn();
    expect(ends).toHaveLength(1);
    interval.trigger();
    interval.trigger();
    await turn();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await turn();
    expect(ends).toHaveLength(2);
    interval.trigger();
    interval.trigger();
    await turn();
    expect(ends).toHaveLength(3);
    ends[2]?.();
    await interval.stop();
  });

  test("does not run within a transaction that triggers it, so that its writes are not undone with that", async () => {
    using store = openStore(":memory:");
    const log = createRecordingLog();
    const late = createLateWrites({ transaction: store.transaction, log });
    const work = async () => void late.flush();
    const interval = startInterval({ everyMs: NEVER_MS, work, name: "Working", log });
    late.writeSoon("a deletion", () => store.deletions.add({ chatId: 1, messageId: 2, deleteAt: 3 }));
    const failing = () =>
      store.transaction(() => {
        interval.trigger();
        throw new StoreUnavailable("SQLITE_FULL");
      });
    expect(failing).toThrow(StoreUnavailable);
    await interval.stop();
    expect([late.flush({ all: true }), store.deletions.count()]).toEqual([true, 1]);
  });

  test("runs once for all triggers that it gathers", async () => {
    const { interval, ends, begun } = createRuns(NEVER_MS, 1);
    interval.trigger();
    interval.trigger();
    expect(ends).toHaveLength(0);
    await begun;
    ends[0]?.();
    await turn();
    expect(ends).toHaveLength(1);
    await interval.stop();
  });

  test("logs a failure and goes on", async () => {
    const { log, interval, ends } = createRuns();
    interval.trigger();
    await turn();
    ends[0]?.(new Error("no"));
    await turn();
    expect(log.at("error")).toEqual(["Working failed"]);
    interval.trigger();
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await interval.stop();
  });

  test("stops after the current run, and starts no other", async () => {
    const { interval, ends } = createRuns();
    interval.trigger();
    await turn();
    interval.trigger();
    let hasStopped = false;
    const stopped = interval.stop().then(() => {
      hasStopped = true;
    });
    await turn();
    expect(hasStopped).toBe(false);
    ends[0]?.();
    await stopped;
    interval.trigger();
    await turn();
    expect(ends).toHaveLength(1);
  });
});
