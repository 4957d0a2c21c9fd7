import { describe, expect, test } from "bun:test";
import type { Link, NewLink, QueuePart } from "../../../src/domain/link.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";

function add(store: SqliteStore, of: Partial<NewLink> = {}): Link {
  const link = store.links.add(newLink(of));
  if (link === undefined) throw new Error("The chat has it already");
  return link;
}

const urlOf = (at: number) => `https://x.org/${at}`;

describe("links", () => {
  test("are read as they were stored", () => {
    using store = openStore(":memory:");
    const stored = newLink({ chatId: -1001234567890, threadId: 3, messageId: 4, quality: 1080, folder: "films" });
    const link = add(store, stored);
    expect(link as unknown).toEqual({
      ...stored,
      id: link.id,
      batchId: null,
      senderId: null,
      title: null,
      keepsMessage: false,
      promptId: null,
      promptedAt: null,
      unshownChanges: 0,
      undo: null,
      downloader: null,
      state: "queued",
      attempts: 0,
      lastError: null,
    });
    const lastError = { reason: "refused", downloader: "nas" } as const;
    expect(store.links.update(link.id, { quality: "best", lastError })).toEqual({
      ...link,
      unshownChanges: 1,
      quality: "best",
      lastError,
    });
    expect(store.links.byId(link.id)).toEqual({ ...link, unshownChanges: 1, quality: "best", lastError });
  });

  test("are unique within a chat, and found by their key and message", () => {
    using store = openStore(":memory:");
    const link = add(store, { messageId: 7 });
    expect(store.links.add(newLink({ messageId: 8 }))).toBeUndefined();
    const duplicate = add(store, { chatId: 2, messageId: 7 });
    expect(store.links.byKey(1, link.key)).toEqual(link);
    expect(store.links.ofMessage(2, 7)).toEqual([duplicate]);
    expect(store.links.ofMessage(1, 8)).toEqual([]);
  });

  test("never reuse an id", () => {
    using store = openStore(":memory:");
    const first = add(store);
    store.links.remove(first.id);
    expect(add(store).id).toBeGreaterThan(first.id);
    expect(store.links.update(first.id, { quality: 480 })).toBeUndefined();
  });

  test("are removed with their open attempt", () => {
    using store = openStore(":memory:");
    const { id } = add(store);
    store.attempts.open({ linkId: id, downloader: "nas", startedAt: 1 });
    store.links.remove(id);
    expect(store.attempts.byLink(id)).toBeUndefined();
    expect(() => store.attempts.open({ linkId: id, downloader: "nas", startedAt: 1 })).toThrow("FOREIGN KEY");
  });
});

describe("nextDue() and dueChats()", () => {
  /** All due links, in the order in which they are claimed. */
  function claimed(store: SqliteStore, now: number): Link[] {
    const all: Link[] = [];
    for (const chatId of store.links.dueChats(now)) {
      for (let link = store.links.nextDue({ chatId, now }); link; link = store.links.nextDue({ chatId, now })) {
        all.push(link);
        store.links.update(link.id, { state: "removed" });
      }
    }
    return all;
  }

  test("return the due links of each chat, earliest first", () => {
    using store = openStore(":memory:");
    for (const [at, sendAt] of [30, 10, 20, 10, 31].entries()) add(store, { url: urlOf(at), sendAt });
    add(store, { chatId: -5, url: urlOf(1), sendAt: 30 });
    add(store, { chatId: 7, url: urlOf(1), sendAt: 31 });
    expect(store.links.dueChats(9)).toEqual([]);
    expect(store.links.dueChats(30)).toEqual([-5, 1]);
    expect(claimed(store, 30).map(({ url }) => url)).toEqual([1, 1, 3, 2, 0].map(urlOf));
  });

  test("return the links behind another one", () => {
    using store = openStore(":memory:");
    const [last, first, third, second] = [30, 10, 20, 10].map((sendAt, at) => add(store, { url: urlOf(at), sendAt }));
    const behind = (after?: Link) => store.links.nextDue({ chatId: 1, now: 30, after })?.id;
    expect([behind(), behind(first), behind(second), behind(third), behind(last)]).toEqual(
      [first, second, third, last, undefined].map((link) => link?.id),
    );
  });

  test("return only queued and uncertain links", () => {
    using store = openStore(":memory:");
    const states = ["queued", "sending", "uncertain", "unmatched", "unreachable", "failed", "removed"] as const;
    for (const [at, state] of states.entries()) store.links.update(add(store, { url: urlOf(at) }).id, { state });
    expect(claimed(store, 0).map(({ state }) => state)).toEqual(["queued", "uncertain"]);
  });

  test.each([
    ["queued", 2],
    ["sending", 0],
    ["uncertain", 1],
    ["unmatched", 1],
    ["unreachable", 1],
    ["failed", 1],
  ] as const)("if one of two duplicates is %s, return %i", (state, count) => {
    using store = openStore(":memory:");
    store.links.update(add(store, { chatId: 2 }).id, { state });
    add(store);
    const links = [1, 2].flatMap((chatId) => store.links.nextDue({ chatId, now: 0 }) ?? []);
    expect(links).toHaveLength(count);
  });
});

describe("page() and count()", () => {
  test("list failed links last and no removed ones, of one chat or of all", () => {
    using store = openStore(":memory:");
    const failed = add(store, { url: urlOf(1), sendAt: 1 });
    store.links.update(failed.id, { state: "failed" });
    store.links.update(add(store, { url: urlOf(2), sendAt: 2 }).id, { state: "removed" });
    add(store, { url: urlOf(3), sendAt: 4 });
    add(store, { url: urlOf(4), sendAt: 3 });
    add(store, { chatId: 2, url: urlOf(5), sendAt: 0 });
    const urls = (of: { chatId?: number; offset: number; limit: number }) => store.links.page(of).map(({ url }) => url);
    expect(urls({ chatId: 1, offset: 0, limit: 9 })).toEqual([urlOf(4), urlOf(3), urlOf(1)]);
    expect(urls({ offset: 1, limit: 2 })).toEqual([urlOf(4), urlOf(3)]);
    expect([store.links.count({ chatId: 1 }), store.links.count({}), store.links.count({ chatId: 3 })]).toEqual([
      3, 4, 0,
    ]);
  });

  test("list the part of the links that wait or are being sent, or the part that failed", () => {
    using store = openStore(":memory:");
    const states = ["failed", "removed", "queued", "sending", "unmatched", "failed"] as const;
    for (const [n, state] of states.entries()) {
      store.links.update(add(store, { url: urlOf(n), sendAt: 9 - n }).id, { state });
    }
    add(store, { chatId: 2, url: urlOf(9) });
    const listed: Record<QueuePart, string[]> = { waiting: [4, 3, 2].map(urlOf), failed: [5, 0].map(urlOf) };
    for (const part of ["waiting", "failed"] as const) {
      const page = store.links.page({ chatId: 1, part, offset: 0, limit: 9 });
      expect(page.map(({ url }) => url)).toEqual(listed[part]);
      expect(store.links.idsOf({ chatId: 1, part })).toEqual(page.map(({ id }) => id).sort());
      expect(store.links.count({ chatId: 1, part })).toBe(page.length);
    }
    expect([store.links.count({ part: "waiting" }), store.links.count({ part: "failed" })]).toEqual([4, 2]);
  });
});

test("removedTogether() returns a chat's links whose undo ends at the same time, in pages", () => {
  using store = openStore(":memory:");
  const removed = (n: number, chatId: number, until: number) => {
    const { id } = add(store, { chatId, url: urlOf(n) });
    store.links.update(id, { state: "removed", sendAt: until });
    return id;
  };
  const [one, , , two, three] = [1, 2, 3, 4, 5].map((n) => removed(n, n === 2 ? 2 : 1, n === 3 ? 8 : 7));
  const ids = (after: number, limit: number) =>
    store.links.removedTogether({ chatId: 1, until: 7, after, limit }).map(({ id }) => id);
  expect(ids(0, 2)).toEqual([one, two] as number[]);
  expect(ids(two ?? 0, 2)).toEqual([three] as number[]);
});

describe("bringBack()", () => {
  test("makes due only the links that a clock jump put too far ahead", () => {
    using store = openStore(":memory:");
    const sendAt = [50, 100, 101, 9_999].map((at) => add(store, { url: urlOf(at), sendAt: at }).id);
    const failed = add(store, { url: urlOf(1), sendAt: 9_999 });
    store.links.update(failed.id, { state: "failed" });
    expect(store.links.bringBack({ now: 10, latest: 100, limit: 1 })).toBe(1);
    expect(sendAt.map((id) => store.links.byId(id)?.sendAt)).toEqual([50, 100, 10, 9_999]);
    expect(store.links.bringBack({ now: 10, latest: 100, limit: 9 })).toBe(1);
    expect(sendAt.map((id) => store.links.byId(id)?.sendAt)).toEqual([50, 100, 10, 10]);
    expect(store.links.byId(failed.id)?.sendAt).toBe(9_999);
  });
});

test("unprompted() returns recent links without a prompt, oldest first", () => {
  using store = openStore(":memory:");
  add(store, { url: urlOf(1), createdAt: 1 });
  const [second, third] = [2, 3].map((at) => add(store, { url: urlOf(at), createdAt: at }));
  store.links.update(add(store, { url: urlOf(4), createdAt: 4 }).id, { promptId: 9 });
  expect(store.links.unprompted({ createdSince: 2, limit: 9 })).toEqual([second, third] as Link[]);
  expect(store.links.unprompted({ createdSince: 2, limit: 1 })).toEqual([second] as Link[]);
});

test("links of a chat that blocked the bot do not keep other prompts from being updated", () => {
  using store = openStore(":memory:");
  store.chats.update(1, { blockedAt: 5 });
  const [theirs, others] = [add(store, { chatId: 1 }), add(store, { chatId: 2 })];
  const isOthers = [{ id: others.id }];
  expect(store.links.unprompted({ createdSince: 0, limit: 1 })).toMatchObject(isOthers);
  for (const { id } of [theirs, others]) store.links.update(id, { promptId: 70 });
  expect(store.links.inherited(1)).toMatchObject(isOthers);
  for (const { id } of [theirs, others]) store.links.update(id, { promptedAt: 3 });
  expect(store.links.promptedBefore(4, 1)).toMatchObject(isOthers);
});
