import { describe, expect, test } from "bun:test";
import { SECOND } from "../bot.ts";
import { BOB, createWorld, type World } from "../world.ts";

const urls = (count: number, host: string) => Array.from({ length: count }, (_, at) => `https://${host}/${at}`);

/** A downloader that never answers, and a quick one; each has a site of its own, and both take `both.org`. */
function slowWorld(of: Parameters<typeof createWorld>[0] = { settings: { concurrency: 2 } }) {
  const world = createWorld(of);
  const slow = world.server("slow", { mode: "hangs", roots: ["slow.org", "both.org"] });
  const quick = world.server("quick", { roots: ["quick.org", "both.org"] });
  return { world, slow, quick, [Symbol.dispose]: () => world[Symbol.dispose]() };
}

async function allDue(world: World, links: readonly string[], chatId?: number): Promise<void> {
  for (const url of links) await world.due(url, chatId === undefined ? {} : { chatId });
}

describe("a downloader that does not answer", () => {
  test("holds up no link for another one, in its chat or in others", async () => {
    using all = slowWorld();
    const { world, slow, quick } = all;
    await allDue(world, urls(30, "slow.org"));
    world.advance(SECOND);
    await allDue(world, urls(5, "quick.org"));
    await world.due("https://quick.org/bob", { chatId: BOB });
    await world.tick();
    expect(quick.taken.toSorted()).toEqual([...urls(5, "quick.org"), "https://quick.org/bob"].toSorted());
    expect(slow.open).toBe(2);
    await world.due("https://quick.org/late");
    await world.tick();
    expect(quick.taken.at(-1)).toBe("https://quick.org/late");
  });

  test("gets no more of the links that others take as well, and those go there", async () => {
    using all = slowWorld();
    const { world, slow, quick } = all;
    await allDue(world, urls(30, "both.org"));
    await world.tick();
    expect([slow.open, quick.taken.length]).toEqual([2, 28]);
  });

  test("is beside seven others like it, and links for one that answers still go", async () => {
    using world = createWorld({ settings: { concurrency: 2 } });
    const hanging = Array.from({ length: 7 }, (_, nth) => `hangs${nth}`);
    const servers = hanging.map((name) => world.server(name, { mode: "hangs", roots: [`${name}.org`] }));
    for (const name of hanging) await allDue(world, urls(5, `${name}.org`));
    const quick = world.server("quick", { roots: ["quick.org"] });
    await allDue(world, urls(5, "quick.org"));
    await world.tick();
    expect([servers.map(({ open }) => open), quick.taken.length]).toEqual([hanging.map(() => 2), 5]);
  });

  test("gets no more than it has room for of the links that another one refuses, and those that wait cost no attempt", async () => {
    using world = createWorld({ settings: { concurrency: 4 } });
    const refusing = world.server("refusing", { mode: "refuses", roots: ["both.org"] });
    const slow = world.server("slow", { mode: "hangs", roots: ["both.org"] });
    await allDue(world, urls(30, "both.org"));
    for (let ticks = 0; ticks < 5; ticks += 1) {
      await world.tick();
      expect(slow.open).toBe(4);
      world.advance(SECOND);
    }
    const waiting = world.store.links.page({ offset: 0, limit: 99 }).filter(({ state }) => state === "queued");
    expect(waiting.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 26 }, () => 0));
    slow.mode = "up";
    slow.release();
    world.advance(SECOND);
    await world.tick();
    expect([slow.taken.length, refusing.taken.length]).toEqual([30, 0]);
  });

  test("is given what it has for another chat, although it is full", async () => {
    using all = slowWorld({ settings: { concurrency: 1 } });
    const { world, slow, quick } = all;
    slow.mode = "up";
    quick.mode = "down";
    await world.due("https://both.org/1");
    await world.tick();
    slow.mode = "hangs";
    quick.mode = "up";
    world.register("quick", { roots: ["both.org"] });
    await world.due("https://slow.org/1");
    await world.tick();
    await world.due("https://both.org/1", { chatId: BOB });
    await world.tick();
    expect([slow.taken, slow.open, quick.taken]).toEqual([["https://both.org/1"], 2, []]);
  });

  test("gets the links that wait for it one after another, in their order, with the chats taking turns", async () => {
    using all = slowWorld();
    const { world, slow, quick } = all;
    await allDue(world, urls(3, "slow.org"));
    await allDue(world, urls(3, "slow.org/bob"), BOB);
    await world.due("https://quick.org/1", { chatId: BOB });
    await world.tick();
    expect(quick.taken).toEqual(["https://quick.org/1"]);
    slow.mode = "up";
    slow.release();
    await world.tick();
    const [ann, bob] = [urls(3, "slow.org"), urls(3, "slow.org/bob")];
    expect(slow.taken).toEqual(ann.flatMap((url, nth) => [url, bob[nth] ?? ""]));
  });

  test("leaves what waits for it as it is: nothing is written, and its owner may change it", async () => {
    using all = slowWorld();
    const { world, slow, quick } = all;
    await allDue(world, urls(2, "slow.org"));
    await world.tick();
    const waiting = await world.due("https://both.org/1", {});
    const chosen = world.store.links.update(waiting.id, { downloader: "slow" });
    const writes: string[] = [];
    world.watcher = (name) => void (/links\.(update|claim)|attempts/.test(name) && writes.push(name));
    await world.tick();
    expect([writes, world.link(waiting.id)]).toEqual([[], { ...waiting, ...chosen }]);
    world.watcher = () => {};
    world.store.links.update(waiting.id, { downloader: "quick" });
    world.advance(5 * SECOND);
    await world.tick();
    expect([quick.taken, slow.open]).toEqual([["https://both.org/1"], 2]);
  });

  test("is not given a link that was removed while it waited, but the one behind it", async () => {
    using all = slowWorld({ settings: { concurrency: 1 } });
    const { world, slow } = all;
    await allDue(world, urls(1, "slow.org"));
    const removed = await world.due("https://slow.org/removed");
    await world.due("https://slow.org/next");
    await world.tick();
    world.store.links.update(removed.id, { state: "removed" });
    slow.mode = "up";
    slow.release();
    await world.tick();
    expect(slow.taken).toEqual(["https://slow.org/0", "https://slow.org/next"]);
  });

  test("is asked about a link that it may have, although it is full", async () => {
    using all = slowWorld({ settings: { concurrency: 1 } });
    const { world, slow } = all;
    slow.mode = "mute";
    const { id } = await world.due("https://slow.org/1");
    await world.tick();
    expect(world.link(id).state).toBe("uncertain");
    slow.mode = "hangs";
    await world.due("https://slow.org/2");
    await world.tick();
    world.advance(5 * SECOND);
    await world.tick();
    expect(slow.calls.map(({ method }) => method)).toEqual(["submit", "queue", "submit", "queue"]);
  });

  test("gets one link at a time once it has let deadlines pass, until it answers", async () => {
    using all = slowWorld({ settings: { concurrency: 4 } });
    const { world, slow } = all;
    await allDue(world, urls(20, "slow.org"));
    await world.tick();
    expect(slow.open).toBe(4);
    // The calls under way end without an answer, the next ones hang again.
    slow.mode = "forgets";
    world.onCall = (_server, method) => {
      if (method === "submit") slow.mode = "hangs";
    };
    slow.release();
    await world.tick();
    expect(slow.open).toBe(1);
    world.onCall = () => {};
    slow.mode = "up";
    slow.release();
    await world.tick();
    expect(slow.taken).toHaveLength(16);
  });
});

test("a link that one downloader refuses and the next one does not answer takes no place of the first", async () => {
  using world = createWorld({ settings: { concurrency: 1 }, random: () => 0.99 });
  const first = world.server("a", { mode: "refuses" });
  const hanging = world.server("b", { mode: "hangs", roots: ["both.org"] });
  await world.due("https://both.org/1");
  await world.tick();
  expect([first.calls.length, hanging.open]).toEqual([1, 1]);
  first.mode = "up";
  await world.due("https://x.org/1");
  await world.tick();
  expect(first.taken).toEqual(["https://x.org/1"]);
});

test("of thousands of links for a downloader that does not answer, a thousand are looked at, and looked at again after a while", async () => {
  using all = slowWorld();
  const { world } = all;
  await world.enqueue(urls(1_500, "slow.org"));
  world.advance(3_600 * SECOND);
  let looks = 0;
  world.watcher = (name) => {
    if (name === "links.nextDue") looks += 1;
  };
  const ticks: number[] = [];
  for (const laterMs of [0, 0, SECOND, 5 * SECOND]) {
    world.advance(laterMs);
    looks = 0;
    await world.tick();
    ticks.push(looks);
  }
  expect(ticks).toEqual([1_002, 0, 0, 1_000]);
});
