import { describe, expect, test } from "bun:test";
import type { Role } from "../../../../src/domain/role.ts";
import { UNDO_MS } from "../../../../src/service/queue/queue.ts";
import { MINUTE } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { createWorld, type World } from "../world.ts";

const URL_1 = "https://x.org/1";
const ANN = { chatId: 1, role: "user" } as const;
const BOB = { chatId: 2, role: "user" } as const;
const ADMIN = { chatId: 9, role: "admin" } as const;

const presses = {
  change: (world: World, actor: { chatId: number; role: Role }, id: number) =>
    world.bot.queue.change(actor, id, { quality: 480 }),
  sendNow: (world: World, actor: { chatId: number; role: Role }, id: number) => world.bot.queue.sendNow(actor, id),
  remove: (world: World, actor: { chatId: number; role: Role }, id: number) => world.bot.queue.remove(actor, id),
};
const everyPress = Object.entries(presses);

describe.each(everyPress)("a press: %s", (_name, press) => {
  test("changes the owner's link (rule 6), and an admin may too (rule 9)", async () => {
    using world = createWorld();
    const { id } = await world.due(URL_1);
    expect(press(world, ANN, id).kind).toMatch(/changed|removed/);
    const other = await world.due("https://x.org/2");
    expect(press(world, ADMIN, other.id).kind).toMatch(/changed|removed/);
  });

  test("by anybody else, or with a forged id, does and reveals nothing (rule 8)", async () => {
    using world = createWorld();
    const link = await world.due(URL_1);
    for (const actor of [BOB, { chatId: 1, role: "nobody" } as const]) {
      expect(press(world, actor, link.id)).toEqual({ kind: "not_yours" });
    }
    expect(world.link(link.id)).toEqual(link);
    for (const id of [0, -1, 999, 2 ** 53]) expect(press(world, ADMIN, id)).toEqual({ kind: "not_yours" });
  });

  test.each(["sending", "uncertain"] as const)("does nothing while the link is %s", async (state) => {
    using world = createWorld();
    const { id } = await world.due(URL_1);
    const before = world.store.links.update(id, { state });
    expect(press(world, ANN, id)).toMatchObject({ kind: "being_sent", link: { id } });
    expect(world.store.links.byId(id)).toEqual(before);
  });

  test("after the link was sent says so, to its owner only", async () => {
    using world = createWorld();
    world.server("nas");
    const { id } = await world.due(URL_1);
    await world.tick();
    expect(press(world, ANN, id)).toMatchObject({ kind: "sent", delivery: { linkId: id, downloader: "nas" } });
    expect(press(world, BOB, id)).toEqual({ kind: "not_yours" });
    expect(world.store.links.count({})).toBe(0);
  });

  test("throws if the database cannot be used, and changes nothing", async () => {
    using world = createWorld();
    const link = await world.due(URL_1);
    world.watcher = storeFails;
    expect(() => press(world, ANN, link.id)).toThrow("The database cannot be used");
    expect(world.link(link.id)).toEqual(link);
  });
});

describe("change()", () => {
  test("keeps what was not changed", async () => {
    using world = createWorld();
    const link = await world.due(URL_1, { quality: 720, folder: "films" });
    world.bot.queue.change(ANN, link.id, { folder: "music" });
    world.bot.queue.change(ANN, link.id, { sendAt: world.now + 5 * MINUTE });
    expect(world.link(link.id)).toEqual({
      ...{ ...link, folder: "music", sendAt: world.now + 5 * MINUTE },
      unshownChanges: link.unshownChanges + 2,
    });
  });

  test("of the quality leaves a failed link failed; of the downloader it makes it due", async () => {
    using world = createWorld();
    const { id } = await world.due(URL_1);
    world.store.links.update(id, { state: "failed", attempts: 12 });
    world.bot.queue.change(ANN, id, { quality: 480 });
    expect(world.link(id)).toMatchObject({ state: "failed", quality: 480, attempts: 12 });
    world.bot.queue.change(ANN, id, { downloader: "nas" });
    expect(world.link(id)).toMatchObject({ state: "queued", downloader: "nas", attempts: 0, sendAt: world.now });
  });

  test("sends the link to the chosen downloader only", async () => {
    using world = createWorld();
    for (const name of ["a", "b", "c"]) world.server(name);
    const { id } = await world.due(URL_1);
    world.bot.queue.change(ANN, id, { downloader: "b" });
    await world.tick();
    expect(world.fleet.get("b")?.taken).toEqual([URL_1]);
  });
});

describe("sendNow()", () => {
  test("makes a link due at once and keeps its attempts", async () => {
    using world = createWorld();
    const { id } = await world.due(URL_1);
    world.store.links.update(id, { attempts: 3, sendAt: world.now + 9 * MINUTE });
    world.bot.queue.sendNow(ANN, id);
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 3, sendAt: world.now });
  });
});

describe("remove() and undo()", () => {
  test("restore a link as it was until it is purged", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    const link = await world.due(URL_1);
    world.bot.queue.remove(ANN, link.id);
    await world.tick();
    expect([nas.taken, world.bot.queue.purge()]).toEqual([[], 0]);
    expect(world.bot.queue.undo(BOB, link.id)).toEqual({ kind: "not_yours" });
    const asItWas = { ...link, unshownChanges: link.unshownChanges + 2 };
    expect(world.bot.queue.undo(ANN, link.id)).toEqual({ kind: "changed", link: asItWas });
    expect(world.bot.queue.undo(ANN, link.id)).toEqual({ kind: "changed", link: asItWas });
  });

  test.each([
    ["matched no downloader", undefined],
    ["could reach no downloader", "down"],
  ] as const)("send a link that %s to one that registered meanwhile", async (_, mode) => {
    using world = createWorld();
    const away = mode && world.server("away", { mode });
    const { id } = await world.due(URL_1);
    await world.tick();
    world.advance(MINUTE);
    await world.tick();
    expect(world.link(id).state).toBe(away === undefined ? "unmatched" : "unreachable");
    world.bot.queue.remove(ANN, id);
    const nas = world.server("nas");
    await world.tick();
    world.bot.queue.undo(ANN, id);
    await world.tick();
    expect(nas.taken).toEqual([URL_1]);
  });

  test("are purged in parts if there are hundreds", async () => {
    using world = createWorld();
    const urls = Array.from({ length: 120 }, (_, n) => `https://x.org/${n}`);
    for (const one of await world.enqueue(urls)) if (one.kind === "queued") world.bot.queue.remove(ANN, one.link.id);
    world.advance(UNDO_MS);
    expect([1, 2, 3, 4].map(() => world.bot.queue.purge())).toEqual([50, 50, 20, 0]);
  });

  test("delete the link and its messages when the undo has expired (rule 15)", async () => {
    using world = createWorld();
    const link = await world.due(URL_1, { messageId: 50 });
    const { id } = link;
    world.bot.prompts.adopt(link, 51);
    world.bot.queue.remove(ANN, id);
    world.advance(UNDO_MS);
    expect([world.bot.queue.purge(), world.bot.queue.undo(ANN, id)]).toEqual([1, { kind: "not_yours" }]);
    const gone = world.store.deletions.dueOfOneChat(world.now, 9).map(({ messageId }) => messageId);
    expect(gone.sort()).toEqual([50, 51]);
  });

  test("are final after the clock was set back by an hour, but not before the time of a longer undo", async () => {
    using world = createWorld();
    const [first, second] = [await world.due(URL_1), await world.due(`${URL_1}2`)];
    world.bot.queue.remove(ANN, first.id);
    world.advance(-60 * MINUTE);
    world.bot.queue.remove(ANN, second.id, world.now + UNDO_MS + 100_000);
    expect([world.bot.queue.purge(), world.store.links.byId(first.id)]).toEqual([1, undefined]);
  });
});

describe("page()", () => {
  test("shows a chat its own links only, and an admin all of them on request (rule 8)", async () => {
    using world = createWorld();
    await world.due(URL_1);
    await world.due("https://x.org/2");
    await world.due(URL_1, { chatId: 2 });
    const of = { offset: 0, limit: 10 };
    const { queue } = world.bot;
    expect(queue.page(ANN, { ...of, all: true })).toMatchObject({ total: 2, links: [{ chatId: 1 }, { chatId: 1 }] });
    expect(queue.page(ADMIN, { ...of, all: false }).total).toBe(0);
    expect(queue.page(ADMIN, { ...of, all: true }).total).toBe(3);
    expect(queue.page(ANN, { offset: 1, limit: 1, all: false }).links).toHaveLength(1);
  });
});

describe("byKey() and ofMessage()", () => {
  test("find only the actor's own link", async () => {
    using world = createWorld();
    const link = await world.due(URL_1);
    const { queue } = world.bot;
    expect([queue.byKey(ANN, link.key), queue.byKey(BOB, link.key), queue.byKey(ADMIN, link.key)]).toEqual([
      link,
      undefined,
      undefined,
    ]);
  });

  test("find a message's waiting links and its deliveries", async () => {
    using world = createWorld();
    const sent = await world.due(URL_1, { messageId: 50 });
    await world.due(URL_1, { messageId: 50, chatId: 2 });
    const waiting = await world.due("https://x.org/2", { messageId: 50 });
    const { threadId, messageId, sender, url, key, quality, folder } = sent;
    const of = { chatId: 1, threadId, messageId, sender, url, key, quality, folder };
    world.store.deliveries.add({ ...of, linkId: sent.id, downloader: "nas", acceptedAt: world.now });
    world.store.links.remove(sent.id);
    const found = world.bot.queue.ofMessage({ chatId: 1, messageId: 50 });
    expect(found).toMatchObject({ waiting: [{ id: waiting.id }], deliveries: [{ linkId: sent.id, url }] });
    expect([found.waiting.length, found.deliveries.length]).toEqual([1, 1]);
  });
});
