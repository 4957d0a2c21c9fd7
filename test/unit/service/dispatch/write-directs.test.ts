import { describe, expect, test } from "bun:test";
import { MINUTE } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { ANN, BOB, createWorld, type World } from "../world.ts";

const LINK = "https://x.org/1";
const SAME = "https://www.x.org/1?utm_source=a";
const KEY = "x.org/1";

const deliveries = (world: World) =>
  world.store.deliveries.since({ acceptedAt: 0 }).map(({ chatId, downloader }) => [chatId, downloader]);
const superseded = (world: World) =>
  world.store.supersededSubmissions
    .downloaders()
    .map((name) => [name, ...world.store.supersededSubmissions.of(name).map(({ key }) => key)]);

/** The holder has Ann's link. Then the database cannot be used and the holder is away, so the link goes elsewhere. */
async function createHeld() {
  const world = createWorld();
  const holder = world.server("holder");
  await world.due(LINK);
  await world.tick();
  const other = world.server("other");
  holder.mode = "down";
  world.watcher = storeFails;
  return { world, holder, other };
}

function backAgain(world: World): Promise<void> {
  world.watcher = () => {};
  return world.tick();
}

/** How the other downloader took the link, and what its owner was told. */
const ELSEWHERE = [
  ["was accepted", "up", "sent"],
  ["may have been accepted", "takes then dies", "kept"],
] as const;

describe("a link that bypassed the queue while an unreadable delivery of another chat had a holder", () => {
  test.each(ELSEWHERE)(
    "goes to the holder, and is superseded at the other downloader, where it %s",
    async (_, mode, told) => {
      const { world, holder, other } = await createHeld();
      using _world = world;
      other.mode = mode;
      expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: told }]);
      holder.mode = "up";
      await backAgain(world);
      expect(deliveries(world)).toEqual([
        [ANN, "holder"],
        [BOB, "holder"],
      ]);
      expect(superseded(world)).toEqual([["other", KEY]]);
      // In the holder's spelling.
      expect(holder.submissions.at(-1)?.url).toBe(LINK);
    },
  );

  test.each(ELSEWHERE)("stays where it %s if the holder has lost it and refuses it", async (_, mode, told) => {
    const { world, holder, other } = await createHeld();
    using _world = world;
    other.mode = mode;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: told }]);
    other.mode = "up";
    holder.mode = "refuses";
    holder.taken.splice(0);
    await backAgain(world);
    expect(deliveries(world)).toEqual([
      [ANN, "holder"],
      [BOB, "other"],
    ]);
    expect(other.taken).toHaveLength(1);
  });

  test("goes to the holder before any other if nobody took it", async () => {
    const { world, holder, other } = await createHeld();
    using _world = world;
    other.mode = "refuses";
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "kept", maybe: undefined }]);
    holder.mode = "up";
    other.mode = "up";
    await backAgain(world);
    expect([deliveries(world).at(-1), other.taken, superseded(world)]).toEqual([[BOB, "holder"], [], []]);
  });

  test("stays elsewhere if the holder was removed", async () => {
    const { world } = await createHeld();
    using _world = world;
    await world.enqueue(SAME, { chatId: BOB });
    world.watcher = () => {};
    world.bot.registry.remove("holder");
    await world.tick();
    expect([deliveries(world).at(-1), superseded(world)]).toEqual([[BOB, "other"], []]);
  });

  test.each(["done", "unknown", "lost", "removed"] as const)(
    "stays elsewhere if the holder's delivery is %s",
    async (state) => {
      const { world } = await createHeld();
      using _world = world;
      await world.enqueue(SAME, { chatId: BOB });
      world.watcher = () => {};
      const [delivery] = world.store.deliveries.open();
      world.store.deliveries.update(delivery?.id ?? 0, { state, closedAt: world.now });
      await world.tick();
      expect([deliveries(world).at(-1), superseded(world)]).toEqual([[BOB, "other"], []]);
    },
  );

  test("is due at once even if it was given up before", async () => {
    using world = createWorld();
    const holder = world.server("holder", { mode: "refuses" });
    const { id } = await world.due(SAME, { chatId: BOB });
    world.store.links.update(id, { state: "failed", attempts: 12 });
    holder.mode = "up";
    await world.due(LINK);
    await world.tick();
    expect(deliveries(world)).toEqual([[ANN, "holder"]]);
    world.server("other");
    holder.mode = "down";
    world.watcher = storeFails;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: "other" }]);
    await backAgain(world);
    expect([deliveries(world).at(-1), world.store.links.count({})]).toEqual([[BOB, "holder"], 0]);
  });
});

test("a link that bypassed the queue waits for another chat's hand-over, and follows it", async () => {
  using world = createWorld();
  const holder = world.server("holder", { mode: "takes then dies" });
  await world.due(LINK);
  await world.tick();
  world.server("other");
  holder.mode = "down";
  world.watcher = storeFails;
  expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: "other" }]);
  holder.mode = "up";
  await backAgain(world);
  expect(deliveries(world)).toEqual([]);
  world.advance(MINUTE);
  await world.tick();
  await world.tick();
  expect(deliveries(world)).toEqual([
    [ANN, "holder"],
    [BOB, "holder"],
  ]);
  expect(superseded(world)).toEqual([["other", KEY]]);
});

test("a link that bypassed the queue waits for another chat's whose downloader was removed; both go on", async () => {
  using world = createWorld();
  const holder = world.server("holder", { mode: "mute" });
  await world.due(LINK);
  await world.tick();
  const other = world.server("other", { mode: "takes then dies" });
  holder.mode = "down";
  world.watcher = storeFails;
  expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "kept", maybe: "other" }]);
  world.bot.registry.remove("holder");
  await backAgain(world);
  expect(world.store.links.beingHandedOver()).toMatchObject([{ chatId: ANN }]);
  other.mode = "up";
  for (let past = 0; past < 9; past++) {
    await world.tick();
    world.advance(MINUTE);
  }
  expect(deliveries(world).map(([, downloader]) => downloader)).toEqual(["other", "other"]);
});

describe("a link that its own chat sends again, bypassing the queue", () => {
  test("stays one delivery if a downloader has it, and is superseded at the second one", async () => {
    const { world } = await createHeld();
    using _world = world;
    expect(await world.enqueue(SAME, { messageId: 8 })).toMatchObject([{ kind: "sent", downloader: "other" }]);
    world.advance(MINUTE);
    await backAgain(world);
    expect([deliveries(world), world.store.links.count({}), superseded(world)]).toEqual([
      [[ANN, "holder"]],
      0,
      [["other", KEY]],
    ]);
    expect(world.store.deletions.dueOfOneChat(world.now, 9)).toContainEqual(expect.objectContaining({ messageId: 8 }));
  });

  test("is recorded where it went if its former downloader was removed", async () => {
    const { world } = await createHeld();
    using _world = world;
    world.advance(MINUTE);
    await world.enqueue(SAME);
    world.watcher = () => {};
    world.bot.registry.remove("holder");
    await world.tick();
    expect(deliveries(world)).toContainEqual([ANN, "other"]);
    expect(superseded(world)).toEqual([]);
  });

  test("stays with the downloader that the queue was calling, and is superseded at the second one", async () => {
    using world = createWorld();
    const holder = world.server("holder", { mode: "takes then dies" });
    await world.due(LINK);
    await world.tick();
    world.server("other");
    holder.mode = "down";
    world.watcher = storeFails;
    expect(await world.enqueue(SAME)).toMatchObject([{ kind: "sent", downloader: "other" }]);
    holder.mode = "up";
    await backAgain(world);
    world.advance(MINUTE);
    await world.tick();
    expect([deliveries(world), superseded(world)]).toEqual([[[ANN, "holder"]], [["other", KEY]]]);
  });
});

describe("a downloader whose name the journal spells differently", () => {
  const of = {
    threadId: null,
    messageId: 7,
    sender: "ann",
    quality: "best",
    folder: null,
    url: LINK,
    key: KEY,
  } as const;

  async function replayed(chatId: number, isHeld: boolean) {
    const world = createWorld();
    world.server("NAS");
    if (isHeld) await world.due(LINK);
    await world.tick();
    world.advance(MINUTE);
    const link = { ...of, chatId, sendAt: world.now, createdAt: world.now };
    world.journal.write(1, { link, state: "accepted", downloader: "nas", superseded: [] });
    world.restart();
    await world.tick();
    return world;
  }

  test("gets the delivery by its registered name", async () => {
    using world = await replayed(BOB, false);
    expect(deliveries(world)).toEqual([[BOB, "NAS"]]);
  });

  test.each([
    ["another chat", BOB, 2],
    ["the same chat", ANN, 1],
  ] as const)("is not told to drop a link that it has for %s", async (_, chatId, owners) => {
    using world = await replayed(chatId, true);
    expect(deliveries(world).map(([, downloader]) => downloader)).toEqual(Array(owners).fill("NAS"));
    expect(superseded(world)).toEqual([]);
  });
});
