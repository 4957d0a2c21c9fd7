import { describe, expect, test } from "bun:test";
import type { NewDelivery } from "../../../src/domain/delivery.ts";
import type { DownloadStatus } from "../../../src/domain/downloader.ts";
import type { NewNews } from "../../../src/domain/news.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";

const delivery = (of: Partial<NewDelivery>): NewDelivery => ({
  ...{ linkId: 1, chatId: 1, threadId: null, messageId: null, sender: "ann", url: "https://x.org/1", key: "x.org/1" },
  ...{ quality: "best", folder: null, downloader: "nas", acceptedAt: 1, ...of },
});

describe("attempts", () => {
  test("are one per link: a new one replaces the old one and its count", () => {
    using store = openStore(":memory:");
    const linkId = store.links.add(newLink())?.id ?? 0;
    store.attempts.open({ linkId, downloader: "one", startedAt: 1 });
    store.attempts.asked(linkId);
    store.attempts.asked(linkId);
    expect(store.attempts.byLink(linkId)).toEqual({ linkId, downloader: "one", startedAt: 1, asks: 2 });
    store.attempts.open({ linkId, downloader: "two", startedAt: 5 });
    expect(store.attempts.byLink(linkId)).toEqual({ linkId, downloader: "two", startedAt: 5, asks: 0 });
    store.attempts.close(linkId);
    expect(store.attempts.byLink(linkId)).toBeUndefined();
  });
});

describe("superseded submissions", () => {
  test("are one per link and downloader, with the latest time", () => {
    using store = openStore(":memory:");
    const { supersededSubmissions: superseded } = store;
    superseded.add({ key: "x.org/1", downloader: "nas", since: 1 });
    superseded.add({ key: "x.org/1", downloader: "nas", since: 5 });
    superseded.add({ key: "x.org/1", downloader: "abroad", since: 2 });
    expect(superseded.of("nas")).toEqual([{ key: "x.org/1", downloader: "nas", since: 5 }]);
    superseded.remove({ key: "x.org/1", downloader: "nas" });
    expect(superseded.downloaders()).toEqual(["abroad"]);
  });
});

describe("deliveries", () => {
  test("are one per link: a second one is ignored", () => {
    using store = openStore(":memory:");
    store.deliveries.add(delivery({ downloader: "one" }));
    store.deliveries.add(delivery({ downloader: "two" }));
    expect(store.deliveries.byLinkId(1)).toMatchObject({ downloader: "one", state: "open", closedAt: null });
  });

  test("by key: one in work is preferred, then the latest", () => {
    using store = openStore(":memory:");
    for (const linkId of [1, 2, 3]) store.deliveries.add(delivery({ linkId, acceptedAt: linkId }));
    expect(store.deliveries.latestByKey("x.org/1")?.linkId).toBe(3);
    for (const linkId of [2, 3]) {
      store.deliveries.update(store.deliveries.byLinkId(linkId)?.id ?? 0, { state: "done", closedAt: 9 });
    }
    expect(store.deliveries.latestByKey("x.org/1")?.linkId).toBe(1);
    const { id = 0 } = store.deliveries.byLinkId(1) ?? {};
    store.deliveries.update(id, { status: "NEW", trouble: "HTTP 403" });
    expect(store.deliveries.latestByKey("x.org/1")?.linkId).toBe(3);
    store.deliveries.update(id, { status: "WORK" });
    expect(store.deliveries.latestByKey("x.org/1")?.linkId).toBe(1);
    store.deliveries.update(id, { state: "lost", closedAt: 9 });
    expect(store.deliveries.latestByKey("x.org/1")?.linkId).toBe(3);
    expect(store.deliveries.latestByKey("x.org/2")).toBeUndefined();
  });

  test("are listed for one chat or for all since an instant, latest first (rule 8)", () => {
    using store = openStore(":memory:");
    for (const linkId of [1, 2, 3]) store.deliveries.add(delivery({ linkId, chatId: linkId % 2, acceptedAt: linkId }));
    const ids = (of: { chatId?: number; acceptedAt: number }) => store.deliveries.since(of).map(({ linkId }) => linkId);
    expect(ids({ acceptedAt: 2 })).toEqual([3, 2]);
    expect(ids({ chatId: 1, acceptedAt: 0 })).toEqual([3, 1]);
  });

  test("are forgotten a while after they were closed, open ones never", () => {
    using store = openStore(":memory:");
    for (const linkId of [1, 2]) store.deliveries.add(delivery({ linkId }));
    store.deliveries.update(store.deliveries.byLinkId(1)?.id ?? 0, { state: "done", closedAt: 5 });
    store.deliveries.forgetClosedBefore(5, 9);
    expect(store.deliveries.since({ acceptedAt: 0 })).toHaveLength(2);
    store.deliveries.forgetClosedBefore(6, 9);
    expect(store.deliveries.open().map(({ linkId }) => linkId)).toEqual([2]);
    expect(store.deliveries.byLinkId(1)).toBeUndefined();
  });
});

describe("deletions", () => {
  test("keep the earliest instant for a message", () => {
    using store = openStore(":memory:");
    for (const deleteAt of [50, 20, 70]) store.deletions.add({ chatId: 1, messageId: 1, deleteAt });
    expect(store.deletions.dueOfOneChat(100, 9)).toEqual([{ chatId: 1, messageId: 1, deleteAt: 20, batchId: null }]);
  });

  test("are grouped by chat, beginning with the chat that has waited longest", () => {
    using store = openStore(":memory:");
    for (const [chatId, messageId, deleteAt] of [
      [1, 1, 9],
      [2, 1, 5],
      [1, 2, 7],
      [2, 2, 99],
    ] as const) {
      store.deletions.add({ chatId, messageId, deleteAt });
    }
    const due = () => store.deletions.dueOfOneChat(10, 9).map(({ chatId, messageId }) => [chatId, messageId]);
    expect([store.deletions.dueChats(10), store.deletions.dueChats(6)]).toEqual([[2, 1], [2]]);
    expect(due()).toEqual([[2, 1]]);
    expect(store.deletions.dueOfOneChat(8, 9, 1)).toMatchObject([{ chatId: 1, messageId: 2 }]);
    store.deletions.done(2, [1]);
    expect(due().sort()).toEqual([
      [1, 1],
      [1, 2],
    ]);
    store.deletions.postpone(1, [1, 2], 11);
    expect([due(), store.deletions.count()]).toEqual([[], 3]);
  });
});

describe("updatesInProgress", () => {
  test("counts how often an update was begun without being ended", () => {
    using store = openStore(":memory:");
    expect(store.updatesInProgress.begin([7, 8])).toEqual(
      new Map([
        [7, 1],
        [8, 1],
      ]),
    );
    store.updatesInProgress.end([8]);
    expect(store.updatesInProgress.begin([7, 8])).toEqual(
      new Map([
        [7, 2],
        [8, 1],
      ]),
    );
    expect(store.updatesInProgress.begin([])).toEqual(new Map());
    store.updatesInProgress.clear();
    expect(store.updatesInProgress.begin([7])).toEqual(new Map([[7, 1]]));
  });
});

describe("processedMessages", () => {
  test("takes each link of a message once, also if the message is edited, until it is forgotten", () => {
    using store = openStore(":memory:");
    const message = { chatId: 1, messageId: 1 };
    expect(store.processedMessages.newestAt(9)).toBeUndefined();
    expect(store.processedMessages.take(message, ["a", "b"], 5)).toEqual(["a", "b"]);
    expect(store.processedMessages.take(message, ["a", "b"], 6)).toEqual([]);
    expect(store.processedMessages.take({ ...message, chatId: 2 }, ["a"], 7)).toEqual(["a"]);
    expect(store.processedMessages.take(message, ["b", "c"], 6)).toEqual(["c"]);
    expect(store.processedMessages.newestAt(9)).toBe(7);
    // Written by a clock that was ahead.
    expect(store.processedMessages.newestAt(6)).toBe(6);
    store.processedMessages.forgetBefore(7, 9);
    expect(store.processedMessages.take(message, ["a"], 8)).toEqual(["a"]);
    expect(store.processedMessages.take({ ...message, chatId: 2 }, ["a"], 8)).toEqual([]);
  });
});

describe("invites", () => {
  test("can be used once, until they expire", () => {
    using store = openStore(":memory:");
    const invite = { role: "guest", lastsMs: 5, createdBy: 1, expiresAt: 10 } as const;
    for (const code of ["a", "b"]) store.invites.add({ ...invite, code });
    expect(store.invites.redeem("a", 10)).toEqual({ ...invite, code: "a" });
    expect(store.invites.redeem("a", 10)).toBeUndefined();
    expect(store.invites.redeem("b", 11)).toBeUndefined();
  });
});

describe("chats", () => {
  test("keep other choices when one is changed", () => {
    using store = openStore(":memory:");
    store.chats.update(-5, { quality: 480 });
    store.chats.update(-5, { language: "ru" });
    expect(store.chats.byId(-5)).toMatchObject({ chatId: -5, quality: 480, language: "ru", seenLanguage: null });
    store.chats.update(-5, { quality: null });
    expect(store.chats.byId(-5)?.quality).toBeNull();
  });
});

describe("news", () => {
  const PLACE = { chatId: 1, threadId: null };
  const add = (store: ReturnType<typeof openStore>, of: Partial<NewNews>) =>
    store.news.add({ ...PLACE, kind: "done", about: 1, createdAt: 1, ...of });

  test("is untold until a message in its chat and topic tells it, and removed with that message", () => {
    using store = openStore(":memory:");
    for (const linkId of [1, 2]) store.deliveries.add(delivery({ linkId, acceptedAt: linkId }));
    const failed = store.links.add(newLink());
    add(store, { about: 1 });
    add(store, { about: 2, threadId: 5 });
    add(store, { about: failed?.id ?? 0, kind: "failed" });
    expect(store.news.untoldPlaces()).toHaveLength(2);
    const untold = store.news.untold(PLACE, 9);
    expect(untold).toMatchObject([
      { kind: "done", delivery: { linkId: 1 } },
      { kind: "failed", link: { id: failed?.id } },
    ]);
    store.news.told(
      untold.map(({ id }) => id),
      { chatId: 1, messageId: 77 },
    );
    expect(store.news.untoldPlaces()).toEqual([{ chatId: 1, threadId: 5 }]);
    expect(store.news.ofMessage(1, 77).map(({ id }) => id)).toEqual(untold.map(({ id }) => id));
    store.news.removeMessage(1, 77);
    expect(store.news.ofMessage(1, 77)).toEqual([]);
    expect(store.news.untold({ chatId: 1, threadId: 5 }, 9)).toHaveLength(1);
  });

  test("is one per link until it is told, and a new one if the link fails again later", () => {
    using store = openStore(":memory:");
    const about = store.links.add(newLink())?.id ?? 0;
    for (let times = 0; times < 2; times += 1) add(store, { about, kind: "failed" });
    expect(store.news.untold(PLACE, 9)).toHaveLength(1);
    store.news.told([1], { chatId: PLACE.chatId, messageId: 7 });
    add(store, { about, kind: "failed" });
    expect(store.news.untold(PLACE, 9)).toHaveLength(1);
  });

  test("is omitted and forgotten if its link or delivery is gone, and forgotten if it is old", () => {
    using store = openStore(":memory:");
    store.deliveries.add(delivery({ linkId: 1 }));
    const about = store.links.add(newLink())?.id ?? 0;
    add(store, { about: 1, createdAt: 5 });
    add(store, { about, kind: "failed", createdAt: 9 });
    add(store, { about: 999, createdAt: 9 });
    expect(store.news.untold(PLACE, 9)).toHaveLength(2);
    store.links.remove(about);
    expect(store.news.untold(PLACE, 9)).toMatchObject([{ kind: "done" }]);
    expect(store.news.forgetBefore(5, 9)).toBe(2);
    expect(store.news.forgetBefore(6, 9)).toBe(1);
    expect(store.news.untoldPlaces()).toEqual([]);
  });
});

describe("links in work", () => {
  const threadOf = (linkId: number) => (linkId % 2 === 0 ? 7 : null);
  const setStatus = (store: SqliteStore, linkId: number, status: DownloadStatus) =>
    store.deliveries.update(store.deliveries.byLinkId(linkId)?.id ?? 0, { status });

  test("are counted by chat and topic, and listed with running ones first", () => {
    using store = openStore(":memory:");
    for (const linkId of [1, 2, 3, 5, 7]) store.deliveries.add(delivery({ linkId, threadId: threadOf(linkId) }));
    store.deliveries.add(delivery({ linkId: 9, downloader: "abroad" }));
    setStatus(store, 9, "DONE");
    store.deliveries.update(store.deliveries.byLinkId(9)?.id ?? 0, { state: "done", closedAt: 1 });
    setStatus(store, 5, "WORK");
    setStatus(store, 3, "TO_SEND");
    setStatus(store, 7, "NEW");
    expect(store.deliveries.workPlaces()).toEqual([
      { chatId: 1, threadId: null, inWork: 4, ended: 0, newest: store.deliveries.byLinkId(7)?.id ?? 0 },
      { chatId: 1, threadId: 7, inWork: 1, ended: 0, newest: store.deliveries.byLinkId(2)?.id ?? 0 },
    ]);
    expect([store.deliveries.workPlaces(1).length, store.deliveries.workPlaces(2)]).toEqual([2, []]);
    const listed = (threadId: number | null, limit: number) =>
      store.deliveries.openAt({ chatId: 1, threadId }, limit).map(({ linkId }) => linkId);
    expect([listed(null, 9), listed(null, 2), listed(7, 9)]).toEqual([[5, 3, 1, 7], [5, 3], [2]]);
  });

  test("make their downloader count as at work, unless they wait or are with the sender", () => {
    using store = openStore(":memory:");
    const statuses: (DownloadStatus | null)[] = [null, "WORK", "UNKNOWN", "NEW", "TO_SEND", "SENDING"];
    for (const [index, status] of statuses.entries()) {
      store.deliveries.add(delivery({ linkId: index + 1, downloader: String(status) }));
      if (status !== null) setStatus(store, index + 1, status);
    }
    expect(store.deliveries.atWork().toSorted()).toEqual(["UNKNOWN", "WORK", "null"]);
  });

  test("wait if their downloader has not begun with them or has not said so", () => {
    using store = openStore(":memory:");
    const statuses: (DownloadStatus | null)[] = [null, "WORK", "NEW", "UNKNOWN", "NEW"];
    for (const [index, status] of statuses.entries()) {
      store.deliveries.add(delivery({ linkId: index + 1, key: `x.org/${index + 1}` }));
      if (status !== null) setStatus(store, index + 1, status);
    }
    store.deliveries.add(delivery({ linkId: 8, key: "x.org/8", downloader: "abroad" }));
    store.deliveries.update(store.deliveries.byLinkId(5)?.id ?? 0, { state: "lost", closedAt: 1 });
    const [{ downloader } = { downloader: "" }] = store.deliveries.ofKey("x.org/1");
    expect(store.deliveries.waitingKeys(downloader)).toEqual(["x.org/1", "x.org/3"]);
  });

  test("have one message per chat and topic", () => {
    using store = openStore(":memory:");
    const { workMessages } = store;
    workMessages.save({ chatId: 1, threadId: null, messageId: 5, sentAt: 1 });
    workMessages.save({ chatId: 1, threadId: null, messageId: 6, sentAt: 2 });
    workMessages.save({ chatId: 1, threadId: 7, messageId: 8, sentAt: 3 });
    expect(workMessages.all()).toEqual([
      { chatId: 1, threadId: null, messageId: 6, sentAt: 2 },
      { chatId: 1, threadId: 7, messageId: 8, sentAt: 3 },
    ]);
    workMessages.remove({ chatId: 1, threadId: null });
    expect(workMessages.all().map(({ messageId }) => messageId)).toEqual([8]);
  });

  test("are cancelled in the order of the planned times, when these have come", () => {
    using store = openStore(":memory:");
    const { cancellations } = store;
    cancellations.plan(3, 30);
    cancellations.plan(1, 20);
    cancellations.plan(1, 99);
    cancellations.plan(2, 40);
    expect([cancellations.among([4, 1, 3]), cancellations.among([])]).toEqual([new Set([1, 3]), new Set()]);
    // The first plan stands.
    expect([cancellations.due(30, 9), cancellations.due(50, 2), cancellations.due(19, 9)]).toEqual([
      [1, 3],
      [1, 3],
      [],
    ]);
    cancellations.drop(1);
    expect(cancellations.due(99, 9)).toEqual([3, 2]);
  });
});
