import { describe, expect, test } from "bun:test";
import { purgeOld } from "../../../../src/service/cleanup/purge-old.ts";
import { openStore, type SqliteStore } from "../../../../src/store/store.ts";
import { newLink } from "../../../support/links.ts";
import { watched } from "../fuse.ts";

const NOW = Date.UTC(2026, 10, 23);
const DAY = 24 * 3_600_000;

/** Adds links and deletions that a clock jump put a year ahead, and as many old messages, deliveries and news. */
function fill(store: SqliteStore, count: number): void {
  store.transaction(() => {
    for (let at = 0; at < count; at++) {
      const url = `https://x.org/${at}`;
      const link = store.links.add(newLink({ url, sendAt: NOW + 365 * DAY }));
      store.processedMessages.take({ chatId: 1, messageId: at }, ["k"], NOW - 3 * DAY);
      store.deletions.add({ chatId: 1, messageId: at, deleteAt: NOW + 365 * DAY });
      store.supersededSubmissions.add({ key: url, downloader: "nas", since: NOW - 8 * DAY });
      store.deliveries.add({ ...newLink({ url }), linkId: (link?.id ?? 0) + count, downloader: "nas", acceptedAt: 0 });
      store.news.add({ chatId: 1, threadId: null, kind: "done", about: at + 1, createdAt: NOW - 181 * DAY });
      store.deliveries.update(at + 1, { state: "done", closedAt: NOW - 31 * DAY });
    }
  });
}

describe("thousands of old or misplaced rows", () => {
  test("are made due or deleted in steps of at most 500, while the event loop turns", async () => {
    using store = openStore(":memory:");
    fill(store, 1_200);
    const steps = new Map<string, number>();
    const counted = watched(store, (name) => void steps.set(name, (steps.get(name) ?? 0) + 1));
    let stepsAtFirst = 0;
    setImmediate(() => {
      stepsAtFirst = [...steps.values()].reduce((sum, count) => sum + count, 0);
    });
    await purgeOld(counted, { now: NOW, historyMs: 30 * DAY, stop: new AbortController().signal });
    const stepsNeeded = [...steps.values()].filter((count) => count > 1);
    expect(stepsNeeded).toEqual([3, 3, 3, 3, 3, 3]);
    expect(stepsAtFirst).toBeLessThan(3);
    expect(store.deletions.dueOfOneChat(NOW, 2_000)).toHaveLength(1_200);
    const links = store.links.page({ offset: 0, limit: 2_000 });
    // Their prompts still show the former time.
    expect(links.filter(({ sendAt, unshownChanges }) => sendAt !== NOW || unshownChanges === 0)).toEqual([]);
    expect(store.deliveries.since({ acceptedAt: 0 })).toEqual([]);
    expect(store.supersededSubmissions.of("nas")).toEqual([]);
    expect(store.news.untoldPlaces()).toEqual([]);
    expect(store.processedMessages.take({ chatId: 1, messageId: 7 }, ["k"], NOW)).toEqual(["k"]);
  });

  test("are kept as long as the history", async () => {
    using store = openStore(":memory:");
    fill(store, 3);
    await purgeOld(store, { now: NOW, historyMs: 32 * DAY, stop: new AbortController().signal });
    expect(store.deliveries.since({ acceptedAt: 0 })).toHaveLength(3);
  });

  test("do not delay a stop", async () => {
    using store = openStore(":memory:");
    fill(store, 1_200);
    const stop = new AbortController();
    const purged = purgeOld(store, { now: NOW, historyMs: 30 * DAY, stop: stop.signal });
    stop.abort();
    await purged;
    expect(store.deliveries.since({ acceptedAt: 0 })).toHaveLength(1_200);
  });
});

describe("rows from a future that a clock which was ahead has made up", () => {
  test("grow old from now on, like others", async () => {
    using store = openStore(":memory:");
    const ahead = NOW + 5 * 365 * DAY;
    const stop = new AbortController().signal;
    store.processedMessages.take({ chatId: 1, messageId: 1 }, ["k"], ahead);
    store.supersededSubmissions.add({ key: "k", downloader: "nas", since: ahead });
    store.heldMessages.hold({ chatId: 2, messageId: 1, links: 1, heldAt: ahead, content: {} });
    store.deliveries.add({ ...newLink(), linkId: 1, downloader: "nas", acceptedAt: ahead });
    store.deliveries.update(1, { state: "done", closedAt: ahead });
    store.news.add({ chatId: 1, threadId: null, kind: "done", about: 1, createdAt: ahead });
    await purgeOld(store, { now: NOW, historyMs: 30 * DAY, stop });
    expect(store.processedMessages.newestAt(NOW)).toBe(NOW);
    expect(store.heldMessages.of(2).map(({ heldAt }) => heldAt)).toEqual([NOW]);
    expect(store.supersededSubmissions.of("nas").map(({ since }) => since)).toEqual([NOW]);
    expect(store.deliveries.byId(1)?.closedAt).toBe(NOW);
    expect([store.news.forgetBefore(NOW, 9), store.news.forgetBefore(NOW + 1, 9)]).toEqual([0, 1]);
    await purgeOld(store, { now: NOW + 181 * DAY, historyMs: 30 * DAY, stop });
    expect([store.deliveries.since({ acceptedAt: 0 }), store.supersededSubmissions.downloaders()]).toEqual([[], []]);
  });

  test("let strangers ask again: a no counts for a month at most, and a request is forgotten in time", async () => {
    using store = openStore(":memory:");
    const ahead = NOW + 5 * 365 * DAY;
    const purge = (now: number) => purgeOld(store, { now, historyMs: DAY, stop: new AbortController().signal });
    const shownIn = [{ chatId: 1, messageId: 1 }];
    const stranger = { name: "Eve", askedAt: ahead, threadId: null, shownIn, refusedUntil: null, refusedBy: null };
    store.strangers.save({ ...stranger, id: 2 });
    store.strangers.save({ ...stranger, id: 3, shownIn: [], refusedUntil: ahead + 30 * DAY, refusedBy: 1 });
    store.strangers.save({ ...stranger, id: 4, askedAt: NOW, refusedUntil: ahead });
    expect(store.strangers.byId(4)?.refusedUntil).toBe(ahead);
    await purge(NOW);
    expect(store.strangers.byId(4)).toMatchObject({ askedAt: NOW, shownIn, refusedUntil: NOW + 30 * DAY });
    expect(store.strangers.byId(2)).toMatchObject({ askedAt: NOW, shownIn: [] });
    expect(store.strangers.byId(3)).toMatchObject({ askedAt: NOW, refusedUntil: NOW + 30 * DAY, refusedBy: 1 });
    await purge(NOW + DAY);
    expect(store.strangers.byId(3)).toMatchObject({ refusedUntil: NOW + 30 * DAY });
  });

  test("stay as they are if they are only hours ahead", async () => {
    using store = openStore(":memory:");
    const soon = NOW + DAY / 2;
    store.processedMessages.take({ chatId: 1, messageId: 1 }, ["k"], soon);
    await purgeOld(store, { now: NOW, historyMs: DAY, stop: new AbortController().signal });
    expect(store.processedMessages.newestAt(soon)).toBe(soon);
  });
});
