import { expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createWorld } from "../world.ts";

const urls = Array.from({ length: 64 }, (_, nth) => `https://x.org/${nth}`);

test("one commit records the links that end together and claims the next ones", async () => {
  using world = createWorld({ settings: { concurrency: 16 } });
  const nas = world.server("nas");
  // The first tick looks once whether the downloader may have earlier links.
  await world.tick();
  for (const url of urls) await world.due(url);
  let commits = 0;
  world.watcher = (name) => {
    if (name === "transaction") commits += 1;
  };
  await world.tick();
  expect(nas.taken).toEqual(urls);
  // Sixteen at a time: the first claim, three commits that record and claim, and the last record.
  expect(commits).toBe(5);
});

test("one commit claims links for all downloaders that have room", async () => {
  using world = createWorld({ settings: { concurrency: 4 } });
  const servers = ["nas", "attic", "abroad", "cellar"].map((name) => world.server(name));
  await world.tick();
  for (const url of urls.slice(0, 12)) await world.due(url);
  let commits = 0;
  world.watcher = (name) => {
    if (name === "transaction") commits += 1;
  };
  await world.tick();
  expect(servers.flatMap(({ taken }) => taken)).toHaveLength(12);
  // One claims as many as have room, the next ones record and claim the rest.
  expect(commits).toBeLessThanOrEqual(3);
});

test("a claim and its attempt are committed before the call is made", async () => {
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

test("nothing is claimed in a commit that cannot store an outcome, and no outcome is lost", async () => {
  using world = createWorld({ settings: { concurrency: 4 } });
  const nas = world.server("nas");
  for (const url of urls.slice(0, 12)) await world.due(url);
  let isFull = true;
  world.watcher = (name) => {
    // As on a full disk: a new row does not fit, but a change does.
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

test("a bug in recording one link does not undo others that end with it", async () => {
  using world = createWorld();
  world.server("nas");
  const [first = "", poison = "", last = ""] = urls;
  const links = [await world.due(first), await world.due(poison), await world.due(last)];
  let adds = 0;
  // The second link fails in the shared commit, and again when it is recorded alone.
  world.watcher = (name) => {
    if (name === "deliveries.add" && [2, 4].includes(++adds)) throw new TypeError("a bug");
  };
  await world.tick();
  const states = links.map(({ id }) => world.store.deliveries.byLinkId(id)?.state ?? world.store.links.byId(id)?.state);
  expect(states).toEqual(["open", "uncertain", "open"]);
});

test("drain() waits until outcomes are recorded", async () => {
  using world = createWorld();
  world.server("nas");
  // After this, no tick has anything else to commit.
  await world.tick();
  const { id } = await world.due("https://x.org/1");
  await world.bot.dispatcher.tick();
  await world.bot.dispatcher.drain();
  expect(world.store.deliveries.byLinkId(id)?.state).toBe("open");
});
