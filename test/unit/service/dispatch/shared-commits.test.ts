import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createWorld } from "../world.ts";

const urls = Array.from({ length: 64 }, (_, nth) => `https://x.org/${nth}`);

test("links that end together are recorded, and the next ones claimed, in one commit", async () => {
  using world = createWorld({ settings: { concurrency: 16 } });
  const nas = world.server("nas");
  // Whether it may have something from before is looked at once.
  await world.tick();
  for (const url of urls) await world.due(url);
  let commits = 0;
  world.watcher = (name) => {
    if (name === "transaction") commits += 1;
  };
  await world.tick();
  expect(nas.taken).toEqual(urls);
  // Sixteen at a time: the first claim, three of an end and a claim, the last end.
  expect(commits).toBe(5);
});

test("a hand-over is on the disk before its call goes out, whatever is stored with it", async () => {
  using world = createWorld({ settings: { concurrency: 2 } });
  world.server("nas");
  for (const url of urls) await world.due(url);
  const open: boolean[] = [];
  let isInTransaction = false;
  const { store } = world;
  world.watcher = (name) => {
    if (name !== "transaction") return;
    isInTransaction = true;
    queueMicrotask(() => {
      isInTransaction = false;
    });
  };
  world.onCall = (_, method) => {
    if (method !== "submit") return;
    const claimed = store.links.beingHandedOver();
    open.push(!isInTransaction && claimed.length > 0 && claimed.every(({ id }) => store.attempts.byLink(id)));
  };
  await world.tick();
  expect(open).toHaveLength(urls.length);
  expect(open).not.toContain(false);
});

test("nothing is claimed in the commit in which an outcome cannot be stored, and nothing of it is lost", async () => {
  using world = createWorld({ settings: { concurrency: 4 } });
  const nas = world.server("nas");
  for (const url of urls.slice(0, 12)) await world.due(url);
  let isFull = true;
  world.watcher = (name) => {
    // As on a full disk: a row is too much, a change of one is not.
    if (isFull && name === "deliveries.add") throw new StoreUnavailable("SQLITE_FULL");
  };
  await world.tick();
  expect(nas.taken).toEqual(urls.slice(0, 4));
  expect(world.store.links.beingHandedOver()).toHaveLength(4);
  await world.tick();
  expect(nas.taken).toHaveLength(4);
  isFull = false;
  await world.tick();
  expect(nas.taken).toEqual(urls.slice(0, 12));
  expect([world.store.links.count({}), world.store.deliveries.open().length]).toEqual([0, 12]);
});

test("a bug in recording one link undoes nothing of those that end with it", async () => {
  using world = createWorld();
  world.server("nas");
  const [first = "", poison = "", last = ""] = urls;
  const links = [await world.due(first), await world.due(poison), await world.due(last)];
  let adds = 0;
  // In the shared commit, and when it is recorded alone.
  world.watcher = (name) => {
    if (name === "deliveries.add" && [2, 4].includes(++adds)) throw new TypeError("a bug");
  };
  await world.tick();
  const states = links.map(({ id }) => world.store.deliveries.byLinkId(id)?.state ?? world.store.links.byId(id)?.state);
  expect(states).toEqual(["open", "uncertain", "open"]);
});

test("draining waits until what ended is recorded", async () => {
  using world = createWorld();
  world.server("nas");
  // Nothing is left to look at, so that no tick waits for a later commit.
  await world.tick();
  const { id } = await world.due("https://x.org/1");
  await world.bot.dispatcher.tick();
  await world.bot.dispatcher.drain();
  expect(world.store.deliveries.byLinkId(id)?.state).toBe("open");
});
