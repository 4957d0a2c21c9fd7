import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import type { Link } from "../../../../src/domain/link.ts";
import type { BulkResult } from "../../../../src/service/queue/bulk.ts";
import { UNDO_MS } from "../../../../src/service/queue/queue.ts";
import { MINUTE } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { createWorld, type World } from "../world.ts";

const ANN = { chatId: 1, role: "user" } as const;
const BOB = { chatId: 2, role: "user" } as const;
const everyone = () => true;
const urlOf = (n: number) => `https://x.org/${n}`;

/** Ann's links of one message, due now. */
async function links(world: World, count: number): Promise<Link[]> {
  const urls = Array.from({ length: count }, (_, n) => urlOf(n));
  const queued = await world.enqueue(urls, { isDue: true });
  return queued.flatMap((one) => (one.kind === "queued" ? one.link : []));
}

const counts = ({ changed, sent, foreign, gone, unstored }: BulkResult) => ({
  ...{ changed: changed.length, sent, foreign, gone, unstored },
});
const NONE = { changed: 0, sent: 0, foreign: 0, gone: 0, unstored: 0 };
const remove = (world: World, ids: readonly number[], of: { actor?: typeof ANN | typeof BOB } = {}) =>
  world.bot.bulk.remove(of.actor ?? ANN, { part: "waiting", ids, mayChange: everyone });

describe("a bulk change", () => {
  test("changes the links of the list that are still in it, and counts what became of the others", async () => {
    using world = createWorld();
    const [one, failed, sending, removed, later] = (await links(world, 5)).map(({ id }) => id) as [
      ...[number, number, number, number, number],
    ];
    const ids = world.bot.bulk.idsOf(ANN, "waiting").filter((id) => id !== later);
    world.store.links.update(failed, { state: "failed" });
    world.store.links.update(sending, { state: "sending" });
    world.bot.queue.remove(ANN, removed);
    const sendAt = world.now + MINUTE;
    const result = await world.bot.bulk.change(
      ANN,
      { part: "waiting", ids: [...ids, 999], mayChange: everyone },
      (queue, id) => queue.change(ANN, id, { sendAt }),
    );
    expect(counts(result)).toEqual({ ...NONE, changed: 1, sent: 1, gone: 3 });
    expect(world.link(one).sendAt).toBe(sendAt);
    for (const id of [failed, sending, later]) expect(world.link(id).sendAt).toBe(world.now);
  });

  test("counts links as sent that a downloader got meanwhile", async () => {
    using world = createWorld();
    world.server("nas");
    const ids = (await links(world, 2)).map(({ id }) => id);
    await world.tick();
    expect(counts(await remove(world, ids))).toEqual({ ...NONE, sent: 2 });
  });

  test("leaves links that the actor may not change, and other chats' (rule 8)", async () => {
    using world = createWorld();
    const ids = (await links(world, 3)).map(({ id }) => id);
    const mayChange = ({ id }: Link) => id !== ids[0];
    const result = await world.bot.bulk.remove(ANN, { part: "waiting", ids, mayChange });
    expect(counts(result)).toEqual({ ...NONE, changed: 2, foreign: 1 });
    expect(counts(await remove(world, ids, { actor: BOB }))).toEqual({ ...NONE, gone: 3 });
    expect(world.link(ids[0] ?? 0).state).toBe("queued");
    expect([world.bot.bulk.idsOf(ANN, "waiting"), world.bot.bulk.idsOf(BOB, "waiting")]).toEqual([[ids[0] ?? 0], []]);
  });

  test("returns the links as changed", async () => {
    using world = createWorld();
    const ids = (await links(world, 2)).map(({ id }) => id);
    expect((await remove(world, ids)).changed).toEqual(ids.map((id) => world.link(id)));
  });

  test("lets the event loop turn between steps", async () => {
    using world = createWorld();
    const ids = (await links(world, 250)).map(({ id }) => id);
    let hasTurned = false;
    void setImmediate().then(() => {
      hasTurned = true;
    });
    await remove(world, ids);
    expect(hasTurned).toBe(true);
  });

  test("counts the unchanged links if the database fails midway, and throws if it fails at once", async () => {
    using world = createWorld();
    const ids = (await links(world, 250)).map(({ id }) => id);
    let looks = 0;
    world.watcher = (name) => {
      if (name === "links.byId") looks += 1;
      if (looks > 350) storeFails(name);
    };
    expect(counts(await remove(world, ids))).toEqual({ ...NONE, changed: 150, unstored: 100 });
    await expect(remove(world, ids)).rejects.toThrow("The database cannot be used");
  });
});

describe("remove() and undo()", () => {
  test("restore exactly what was removed together, also after a restart", async () => {
    using world = createWorld();
    const all = await links(world, 250);
    const [single, ...ids] = all.map(({ id }) => id);
    world.bot.queue.remove(ANN, single ?? 0);
    const { until } = await remove(world, ids.slice(0, 120));
    const other = await remove(world, ids.slice(120));
    expect([world.bot.bulk.idsOf(ANN, "waiting"), until === other.until]).toEqual([[], false]);
    world.kill();
    world.restart();
    world.advance(UNDO_MS);
    const undo = (actor: typeof ANN | typeof BOB) => world.bot.bulk.undo(actor, { until, mayChange: everyone });
    expect(counts(await undo(BOB))).toEqual(NONE);
    expect(counts(await undo(ANN))).toEqual({ ...NONE, changed: 120 });
    const restored = all.slice(1, 121).map((link) => ({ ...link, unshownChanges: 2 }));
    expect(ids.slice(0, 120).map((id) => world.link(id))).toEqual(restored);
    expect(counts(await undo(ANN))).toEqual(NONE);
    expect([single, ids[120]].map((id) => world.link(id ?? 0).state)).toEqual(["removed", "removed"]);
  });

  test("never share an undo, even at the same moment", async () => {
    using world = createWorld();
    const [one, two] = (await links(world, 2)).map(({ id }) => id) as [number, number];
    const untils = [(await remove(world, [one])).until, (await remove(world, [two])).until];
    expect(new Set(untils).size).toBe(2);
  });

  test("restore only the links that the actor may change", async () => {
    using world = createWorld();
    const ids = (await links(world, 3)).map(({ id }) => id);
    const { until } = await remove(world, ids);
    const result = await world.bot.bulk.undo(ANN, { until, mayChange: ({ id }) => id === ids[1] });
    expect(counts(result)).toEqual({ ...NONE, changed: 1, foreign: 2 });
  });
});
