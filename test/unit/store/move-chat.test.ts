import { describe, expect, test } from "bun:test";
import type { NewLink } from "../../../src/domain/link.ts";
import { openStore } from "../../../src/store/store.ts";

const OLD = -5;
const NEW = -1_000_000_000_005;

const link = (chatId: number, key: string): NewLink => ({
  chatId,
  threadId: null,
  messageId: 7,
  sender: "ann",
  url: `https://${key}`,
  key,
  quality: "best",
  folder: null,
  sendAt: 1,
  createdAt: 1,
});

describe("moveChat()", () => {
  test("gives the new id all that the old one owned, except messages", () => {
    using store = openStore(":memory:");
    const queued = store.links.add(link(OLD, "a.com/1"));
    store.links.update(queued?.id ?? 0, { promptId: 8, promptedAt: 1 });
    store.deliveries.add({ ...link(OLD, "a.com/2"), linkId: 77, downloader: "nas", acceptedAt: 2 });
    store.deletions.add({ chatId: OLD, messageId: 9, deleteAt: 3 });
    const about = store.deliveries.byLinkId(77)?.id ?? 0;
    store.news.add({ chatId: OLD, threadId: 4, kind: "done", about, createdAt: 1 });
    store.news.told([1], { chatId: OLD, messageId: 10 });
    store.presenceMessages.save({ chatId: OLD, messageId: 11, until: 1 });
    store.workMessages.save({ chatId: OLD, threadId: null, messageId: 10, sentAt: 3 });
    store.chats.update(OLD, { quality: 480, language: "ru", zone: "+03:00", blockedAt: 1 });
    store.chats.update(NEW, { language: "en" });
    store.grants.save({
      id: OLD,
      role: "user",
      until: null,
      name: "Family",
      grantedBy: 1,
      grantedAt: 1,
      undo: null,
      warned: false,
    });
    const asked = { id: OLD, name: "Family", askedAt: 1, threadId: 3, shownIn: [], refusedUntil: 9, refusedBy: 1 };
    store.strangers.save(asked);
    store.processedMessages.take({ chatId: OLD, messageId: 7 }, ["a.com/1"], 1);
    store.heldMessages.hold({ chatId: OLD, messageId: 12, links: 1, heldAt: 1, content: {} });
    for (const _ of ["at once", "and once more"]) store.moveChat({ from: OLD, to: NEW });
    // Telegram may confirm a message only after the move.
    store.news.told([1], { chatId: OLD, messageId: 12 });
    expect(store.links.page({ offset: 0, limit: 9 })).toMatchObject([
      { id: queued?.id, chatId: NEW, messageId: null, promptId: null, promptedAt: null },
    ]);
    expect(store.deliveries.byLinkId(77)).toMatchObject({ chatId: NEW, messageId: null });
    expect(store.deletions.count()).toBe(0);
    // Unread news is told again: in the old group nobody can press a button any more.
    expect(store.news.untold({ chatId: NEW, threadId: null }, 9)).toMatchObject([{ id: 1, messageId: null }]);
    expect(store.presenceMessages.of(OLD)).toBeUndefined();
    expect(store.workMessages.all()).toEqual([]);
    expect(store.heldMessages.count()).toBe(0);
    expect(store.chats.byId(OLD)).toBeUndefined();
    expect(store.chats.byId(NEW)).toMatchObject({ quality: 480, language: "en", zone: "+03:00", blockedAt: null });
    expect(store.grants.all()).toMatchObject([{ id: NEW, role: "user" }]);
    expect(store.strangers.byId(OLD)).toBeUndefined();
    expect(store.strangers.byId(NEW)).toEqual({ ...asked, id: NEW, threadId: null });
    expect(store.processedMessages.take({ chatId: NEW, messageId: 7 }, ["a.com/1"], 1)).toEqual(["a.com/1"]);
  });

  test("of a link that both ids have, keeps the one that a downloader may have, else the older one", () => {
    using store = openStore(":memory:");
    const [older] = [store.links.add(link(OLD, "a.com/1")), store.links.add(link(NEW, "a.com/1"))];
    const [, newer] = [store.links.add(link(OLD, "a.com/2")), store.links.add(link(NEW, "a.com/2"))];
    store.links.update(newer?.id ?? 0, { state: "uncertain" });
    store.moveChat({ from: OLD, to: NEW });
    const kept = store.links.page({ chatId: NEW, offset: 0, limit: 9 }).map(({ id }) => id);
    expect(kept.sort()).toEqual([older?.id, newer?.id].map(Number).sort());
  });

  test.each(["removed", "failed", "asking"] as const)(
    "keeps a waiting link of the new id if the old id's duplicate is %s",
    (state) => {
      using store = openStore(":memory:");
      const older = store.links.add(link(OLD, "a.com/1"))?.id ?? 0;
      store.links.update(older, { state });
      const newer = store.links.add(link(NEW, "a.com/1"))?.id ?? 0;
      store.moveChat({ from: OLD, to: NEW });
      expect([store.links.byId(older), store.links.byId(newer)]).toMatchObject([undefined, { state: "queued" }]);
    },
  );

  test("gives the kept link the message and the prompt of its duplicate in the new chat", () => {
    using store = openStore(":memory:");
    const older = store.links.add(link(OLD, "a.com/1"))?.id ?? 0;
    store.links.setPrompt(older, { promptId: 90, promptedAt: 1 });
    const first = store.links.add(link(NEW, "a.com/2"))?.id ?? 0;
    store.links.add({ ...link(NEW, "a.com/1"), messageId: 12, threadId: 3, batchId: first, keepsMessage: true });
    store.links.setPrompt(first, { promptId: 13, promptedAt: 2 });
    store.moveChat({ from: OLD, to: NEW });
    expect(store.links.ofBatch(first).map(({ id }) => id)).toEqual([first, older].sort());
    expect(store.links.byId(older)).toMatchObject({
      ...{ chatId: NEW, messageId: 12, threadId: 3, keepsMessage: true },
      ...{ promptId: 13, promptedAt: 2 },
    });
  });
});
