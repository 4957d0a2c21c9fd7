import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createSweeper, type DeleteMessages } from "../../../../src/service/cleanup/message-sweeper.ts";
import { createTogether } from "../../../../src/service/together.ts";
import { openStore } from "../../../../src/store/store.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { turn } from "../world.ts";

/** `asked` has the chat of each call that deletes messages. */
function sweeperOf(
  store: ReturnType<typeof openStore>,
  { whenReady }: { whenReady: (chatId: number) => Promise<void> | undefined },
) {
  const asked: number[] = [];
  const sweeper = createSweeper({
    deletions: store.deletions,
    whenReady,
    deleteMessages: async (chatId) => {
      asked.push(chatId);
      return "done";
    },
    together: createTogether(store.transaction),
    now: () => 1_000,
    log: createRecordingLog(),
  });
  return { sweeper, asked };
}

describe("createSweeper()", () => {
  test("deletes chat by chat, at most 100 messages a call", async () => {
    using store = openStore(":memory:");
    const calls: { chatId: number; count: number }[] = [];
    const sweeper = createSweeper({
      deletions: store.deletions,
      whenReady: () => undefined,
      deleteMessages: async (chatId, { length: count }) => {
        calls.push({ chatId, count });
        return "done";
      },
      together: createTogether(store.transaction),
      now: () => 1_000,
      log: createRecordingLog(),
    });
    for (let messageId = 1; messageId <= 250; messageId++) {
      store.deletions.add({ chatId: 1, messageId, deleteAt: messageId });
    }
    store.deletions.add({ chatId: 2, messageId: 7, deleteAt: 500 });
    store.deletions.add({ chatId: 2, messageId: 8, deleteAt: 5_000 });
    sweeper.sweep();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(calls.filter(({ chatId }) => chatId === 1).map(({ count }) => count)).toEqual([100, 100, 50]);
    expect(calls.filter(({ chatId }) => chatId === 2)).toEqual([{ chatId: 2, count: 1 }]);
    expect(store.deletions.count()).toBe(1);
  });

  test("a slow chat does not hold up the others, and has one call at a time", async () => {
    using store = openStore(":memory:");
    let now = 1_000;
    const asked: number[] = [];
    const slow = Promise.withResolvers<"later">();
    const sweeper = createSweeper({
      deletions: store.deletions,
      whenReady: () => undefined,
      deleteMessages: (chatId) => {
        asked.push(chatId);
        return chatId === 1 ? slow.promise : Promise.resolve("done");
      },
      together: createTogether(store.transaction),
      now: () => now,
      log: createRecordingLog(),
    });
    for (const chatId of [1, 2, 3]) store.deletions.add({ chatId, messageId: 1, deleteAt: chatId });
    sweeper.sweep();
    await turn();
    now += 3_600_000;
    sweeper.sweep();
    await turn();
    expect(asked).toEqual([1, 2, 3]);
    expect(store.deletions.count()).toBe(1);
    slow.resolve("later");
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(asked).toEqual([1, 2, 3]);
    now += 30_000;
    sweeper.sweep();
    await turn();
    expect(asked).toEqual([1, 2, 3, 1]);
    sweeper.stop();
    store.deletions.add({ chatId: 9, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    await turn();
    expect(asked).toHaveLength(4);
  });

  test("a chat that is not ready yet keeps its messages, and takes no place from others", async () => {
    using store = openStore(":memory:");
    const WAITING = 100;
    const shown = Promise.withResolvers<void>();
    const { sweeper, asked } = sweeperOf(store, {
      whenReady: (chatId) => (chatId <= WAITING ? shown.promise : undefined),
    });
    for (let chatId = 1; chatId <= WAITING + 1; chatId += 1) store.deletions.add({ chatId, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    sweeper.sweep();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect(asked).toEqual([WAITING + 1]);
    expect(store.deletions.count()).toBe(WAITING);
    shown.resolve();
    for (let turns = 0; turns < 40; turns += 1) await turn();
    expect(new Set(asked).size).toBe(WAITING + 1);
    expect([asked.length, store.deletions.count()]).toEqual([WAITING + 1, 0]);
  });

  test("deletes what became due while a chat waited, if that is ready too", async () => {
    using store = openStore(":memory:");
    let now = 1_000;
    let waits: PromiseWithResolvers<void> | undefined = Promise.withResolvers();
    const calls: number[] = [];
    const sweeper = createSweeper({
      deletions: store.deletions,
      whenReady: () => waits?.promise,
      deleteMessages: async (_, { length: count }) => {
        calls.push(count);
        return "done";
      },
      together: createTogether(store.transaction),
      now: () => now,
      log: createRecordingLog(),
    });
    const turns = async () => {
      for (let nth = 0; nth < 5; nth += 1) await turn();
    };
    const comes = (messageId: number) => {
      now += 1;
      store.deletions.add({ chatId: 1, messageId, deleteAt: now });
      sweeper.sweep();
    };
    comes(1);
    const first = waits;
    waits = Promise.withResolvers();
    comes(2);
    // The second message is not ready yet.
    first.resolve();
    await turns();
    expect(calls).toEqual([1]);
    const second = waits;
    comes(3);
    waits = undefined;
    second.resolve();
    await turns();
    expect([calls, store.deletions.count()]).toEqual([[1, 2], 0]);
    const third = Promise.withResolvers<void>();
    waits = third;
    comes(4);
    // This message was edited, and stays. Another deletion is planned, which no sweep has seen.
    store.deletions.done(1, [4]);
    store.deletions.add({ chatId: 1, messageId: 5, deleteAt: now });
    waits = undefined;
    third.resolve();
    await turns();
    expect([calls, store.deletions.count()]).toEqual([[1, 2], 1]);
  });

  test("deletes what a sweep skipped, even if the clock stands still", async () => {
    using store = openStore(":memory:");
    const shown = Promise.withResolvers<void>();
    let waits: Promise<void> | undefined = shown.promise;
    const { sweeper, asked } = sweeperOf(store, { whenReady: () => waits });
    store.deletions.add({ chatId: 1, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    store.deletions.add({ chatId: 1, messageId: 2, deleteAt: 0 });
    sweeper.sweep();
    waits = undefined;
    shown.resolve();
    await turn();
    store.deletions.add({ chatId: 1, messageId: 3, deleteAt: 0 });
    sweeper.sweep();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect([asked, store.deletions.count()]).toEqual([[1, 1], 0]);
  });

  test("deletes nothing that is ready only after the stop", async () => {
    using store = openStore(":memory:");
    const shown = Promise.withResolvers<void>();
    const { sweeper, asked } = sweeperOf(store, { whenReady: () => shown.promise });
    store.deletions.add({ chatId: 1, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    sweeper.stop();
    shown.resolve();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect([asked, store.deletions.count()]).toEqual([[], 1]);
  });

  test("goes on with other chats while the database cannot be written, and deletes nothing twice", async () => {
    using store = openStore(":memory:");
    const together = createTogether(store.transaction);
    let failing = true;
    const asked: number[] = [];
    const log = createRecordingLog();
    const sweeper = createSweeper({
      deletions: store.deletions,
      whenReady: () => undefined,
      deleteMessages: async (chatId) => {
        asked.push(chatId);
        return "done";
      },
      together: (work) => (failing ? Promise.reject(new StoreUnavailable("SQLITE_FULL")) : together(work)),
      now: () => 1_000,
      log,
    });
    for (let chatId = 1; chatId <= 40; chatId += 1) store.deletions.add({ chatId, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect([asked.length, store.deletions.count(), log.at("warn").length > 0]).toEqual([40, 40, true]);
    sweeper.sweep();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    // The deleted messages are not deleted again, but a new one is.
    store.deletions.add({ chatId: 1, messageId: 2, deleteAt: 0 });
    failing = false;
    sweeper.sweep();
    for (let turns = 0; turns < 20; turns += 1) await turn();
    expect([asked.length, asked.at(-1), store.deletions.count()]).toEqual([41, 1, 0]);
  });

  test.each(["done", "later"] as const)("stores in one commit for many chats that they are %s", async (outcome) => {
    using store = openStore(":memory:");
    let commits = 0;
    const together = createTogether(
      (work) => {
        commits += 1;
        return store.transaction(work);
      },
      () => 0,
    );
    const sweeper = createSweeper({
      deletions: store.deletions,
      whenReady: () => undefined,
      deleteMessages: async () => outcome,
      together,
      now: () => 1_000,
      log: createRecordingLog(),
    });
    for (let chatId = 1; chatId <= 16; chatId += 1) store.deletions.add({ chatId, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    await turn();
    await turn();
    expect(commits).toBe(1);
    expect([store.deletions.dueOfOneChat(30_999, 100), store.deletions.count()]).toEqual([
      [],
      outcome === "done" ? 0 : 16,
    ]);
  });

  test("leaves what becomes due while it deletes to the next sweep, which takes a chat's messages together", async () => {
    using store = openStore(":memory:");
    let now = 1_000;
    const calls: { chatId: number; count: number }[] = [];
    const ends: (() => void)[] = [];
    const sweeper = createSweeper({
      deletions: store.deletions,
      whenReady: () => undefined,
      deleteMessages: (chatId, { length: count }) => {
        calls.push({ chatId, count });
        return new Promise((resolve) => ends.push(() => resolve("done")));
      },
      together: createTogether(store.transaction),
      now: () => now,
      log: createRecordingLog(),
    });
    // As many as fit into one call, so that it looks for more.
    for (let messageId = 101; messageId <= 200; messageId++)
      store.deletions.add({ chatId: 1, messageId, deleteAt: now });
    sweeper.sweep();
    await turn();
    now += 1;
    for (let messageId = 1; messageId <= 9; messageId++) store.deletions.add({ chatId: 1, messageId, deleteAt: now });
    ends[0]?.();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(calls).toEqual([{ chatId: 1, count: 100 }]);
    sweeper.sweep();
    await turn();
    expect(calls).toEqual([
      { chatId: 1, count: 100 },
      { chatId: 1, count: 9 },
    ]);
  });

  test("looks again at a chat, after its call has ended, if a sweep skipped it meanwhile", async () => {
    using store = openStore(":memory:");
    const calls: number[] = [];
    const ends: (() => void)[] = [];
    const sweeper = sweeperBy(store, (_, { length: count }) => {
      calls.push(count);
      return new Promise((resolve) => ends.push(() => resolve("done")));
    });
    store.deletions.add({ chatId: 1, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    await turn();
    for (const messageId of [2, 3]) store.deletions.add({ chatId: 1, messageId, deleteAt: 0 });
    sweeper.sweep();
    await turn();
    expect(calls).toEqual([1]);
    ends[0]?.();
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(calls).toEqual([1, 2]);
  });

  test("messages whose deletion a stop prevented are due at the next start", async () => {
    using store = openStore(":memory:");
    const answer = Promise.withResolvers<"later">();
    const sweeper = sweeperBy(store, () => answer.promise);
    store.deletions.add({ chatId: 1, messageId: 1, deleteAt: 0 });
    sweeper.sweep();
    await turn();
    sweeper.stop();
    answer.resolve("later");
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(store.deletions.dueOfOneChat(1_000, 100).map(({ messageId }) => messageId)).toEqual([1]);
  });
});

/** A sweeper of chats that are always ready, by a clock that stands still. */
function sweeperBy(store: ReturnType<typeof openStore>, deleteMessages: DeleteMessages) {
  return createSweeper({
    deletions: store.deletions,
    whenReady: () => undefined,
    deleteMessages,
    together: createTogether(store.transaction),
    now: () => 1_000,
    log: createRecordingLog(),
  });
}
