import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { DIRECT_LIMIT_MS } from "../../../../src/service/dispatch/direct-hand-over.ts";
import { MINUTE } from "../bot.ts";
import { storeFails, type Watcher } from "../fuse.ts";
import { ANN, BOB, createMemoryJournal, createWorld, turn, type World } from "../world.ts";

const LINK = "https://x.org/1";
const SAME = "https://www.x.org/1?utm_source=a";

/** Another process holds the lock: what is there can be read. */
const locked: Watcher = (name) => {
  if (name === "transaction" || /\.(add|save|update|remove)$/.test(name)) throw new StoreUnavailable("SQLITE_BUSY");
};

/** Three downloaders that take everything. */
function createFleet() {
  const world = createWorld();
  const [a, b, c] = ["a", "b", "c"].map((name) => world.server(name));
  if (a === undefined || b === undefined || c === undefined) throw new Error("No fleet");
  return Object.assign(world, { servers: [a, b, c] as const });
}

const called = (world: World) =>
  [...world.fleet.values()].flatMap(({ submissions }) => submissions.map(({ url }) => url));
const deliveries = (world: World) =>
  world.store.deliveries.since({ acceptedAt: 0 }).map(({ chatId, downloader }) => [chatId, downloader]);

/** The clock of a hand-over, in the test's hands: the limit is over when it says so. */
function stopwatch(world: World): { over: () => Promise<void> } {
  const ends: (() => void)[] = [];
  world.wait = (ms) => new Promise((resolve) => void (ms === DIRECT_LIMIT_MS && ends.push(resolve)));
  return {
    async over() {
      for (const end of ends.splice(0)) end();
      await turn();
    },
  };
}

describe("a link that goes past the queue (rule 4)", () => {
  test.each([
    ["by the same chat", ANN, 1],
    ["by another chat", BOB, 2],
  ] as const)("and comes once more meanwhile, sent %s, is downloaded once", async (_, chatId, owners) => {
    using world = createFleet();
    world.watcher = storeFails;
    const [first, second] = await Promise.all([world.enqueue(LINK), world.enqueue(SAME, { chatId })]);
    const third = await world.enqueue(SAME, { chatId });
    expect([first, second, third].flat().map(({ kind }) => kind)).toEqual(["sent", "sent", "sent"]);
    expect(world.downloads(LINK)).toBe(1);
    world.watcher = () => {};
    await world.tick();
    expect(deliveries(world)).toHaveLength(owners);
    expect(new Set(deliveries(world).map(([, downloader]) => downloader)).size).toBe(1);
  });

  test("goes to the downloader that has it for another chat, by what can be read", async () => {
    using world = createFleet();
    await world.due(LINK);
    await world.tick();
    const [[, holder] = []] = deliveries(world);
    world.watcher = locked;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: holder }]);
    // In the spelling that it has it in.
    expect(called(world)).toEqual([LINK, LINK]);
    expect(world.downloads(LINK)).toBe(1);
  });

  test("is with the one that had it for another chat all along, which could not be read: the other one is to drop it", async () => {
    using world = createWorld();
    const holder = world.server("holder");
    await world.due(LINK);
    await world.tick();
    world.server("other");
    holder.mode = "down";
    world.watcher = storeFails;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: "other" }]);
    world.watcher = () => {};
    holder.mode = "up";
    await world.tick();
    expect(deliveries(world)).toEqual([
      [ANN, "holder"],
      [BOB, "holder"],
    ]);
    expect(world.store.supersededSubmissions.of("other")).toMatchObject([{ downloader: "other" }]);
    expect(world.store.supersededSubmissions.of("holder")).toEqual([]);
  });

  test.each(["mute", "down", "refuses"] as const)("stays with a holder that is on record and %s", async (mode) => {
    using world = createWorld();
    const holder = world.server("holder");
    await world.due(LINK);
    await world.tick();
    const other = world.server("other");
    holder.mode = mode;
    world.watcher = locked;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: "holder" }]);
    expect(other.calls).toEqual([]);
  });

  test("is one that the chat has already, by what can be read", async () => {
    using world = createFleet();
    await world.due(LINK);
    world.watcher = locked;
    expect(await world.enqueue(SAME)).toMatchObject([{ kind: "duplicate" }]);
    world.watcher = () => {};
    await world.tick();
    world.watcher = locked;
    expect(await world.enqueue(SAME)).toMatchObject([{ kind: "in_delivery" }]);
    expect(called(world)).toHaveLength(1);
  });

  test("goes to whom another chat's link is being handed over to", async () => {
    using world = createWorld();
    const first = world.server("first", { mode: "mute" });
    await world.due(LINK);
    await world.tick();
    const other = world.server("other");
    world.watcher = locked;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "kept", maybe: "first" }]);
    expect([first.submissions.length, other.calls]).toEqual([2, []]);
  });

  test("stays with a downloader that may have it when it is sent once more", async () => {
    using world = createWorld();
    const first = world.server("first", { mode: "takes then dies" });
    world.watcher = storeFails;
    expect(await world.enqueue(LINK)).toMatchObject([{ kind: "kept", maybe: "first" }]);
    const other = world.server("other");
    first.mode = "down";
    expect(await world.enqueue(LINK)).toMatchObject([{ kind: "kept", maybe: "first" }]);
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "kept", maybe: "first" }]);
    first.mode = "up";
    world.watcher = () => {};
    for (let past = 0; past < 3; past++) {
      await world.tick();
      world.advance(MINUTE);
    }
    expect([deliveries(world).map(([, downloader]) => downloader), other.calls]).toEqual([["first", "first"], []]);
    expect(world.downloads(LINK)).toBe(1);
  });

  test("that is carried out too late is remembered as superseded", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "late" });
    const second = world.server("second");
    world.watcher = storeFails;
    expect(await world.enqueue(LINK)).toMatchObject([{ kind: "sent", downloader: "second" }]);
    expect(first.calls.map(({ method }) => method)).toEqual(["submit", "queue", "queue"]);
    expect(second.taken).toEqual([LINK]);
    world.watcher = () => {};
    await world.tick();
    expect(world.store.supersededSubmissions.of("first")).toMatchObject([{ key: "x.org/1" }]);
  });

  test("is found when it is carried out soon after the deadline", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "late" });
    const second = world.server("second");
    world.wait = async (ms) => (ms === DIRECT_LIMIT_MS ? new Promise(() => {}) : first.catchUp());
    world.watcher = storeFails;
    expect(await world.enqueue(LINK)).toMatchObject([{ kind: "sent", downloader: "first" }]);
    expect(second.calls).toEqual([]);
  });
});

test("a link that goes past the queue once more, and is refused by whoever may have it, is remembered as superseded there", async () => {
  using world = createWorld();
  const first = world.server("first", { mode: "mute" });
  world.watcher = storeFails;
  await world.enqueue(LINK);
  first.mode = "refuses";
  const second = world.server("second");
  expect(await world.enqueue(LINK)).toMatchObject([{ kind: "sent", downloader: "second" }]);
  world.watcher = () => {};
  await world.tick();
  expect([second.taken, world.store.supersededSubmissions.of("first").map(({ key }) => key)]).toEqual([
    [LINK],
    ["x.org/1"],
  ]);
});

describe("a link that its chat has just removed and that goes past the queue", () => {
  test.each([
    ["goes on from the queue where nobody takes it", undefined, ["unmatched"], 0],
    ["is delivered where somebody has taken it", "up", [], 1],
    ["is asked for where somebody may have it", "mute", ["uncertain"], 0],
  ] as const)("%s", async (_, mode, states, delivered) => {
    using world = createWorld();
    const { id } = await world.due(LINK);
    world.bot.queue.remove({ chatId: ANN, role: "user" }, id);
    if (mode !== undefined) world.server("nas", { mode });
    world.watcher = locked;
    expect(await world.enqueue(LINK)).toMatchObject([{ kind: mode === "up" ? "sent" : "kept" }]);
    world.watcher = () => {};
    await world.tick();
    world.advance(MINUTE);
    world.bot.queue.purge();
    const left = world.store.links.ofKey("x.org/1").map(({ state }) => state);
    expect([left, deliveries(world).length]).toEqual([[...states], delivered]);
  });
});

describe("the time that a link may take past the queue", () => {
  /** A stop while the first of two downloaders is called. */
  async function createStopping() {
    const world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "hangs" });
    const second = world.server("second");
    stopwatch(world);
    world.watcher = storeFails;
    const told = world.enqueue(LINK);
    await turn();
    return { world, first, second, told, drained: world.bot.direct.drain() };
  }

  test("ends with the name of whom it is being handed over to; what comes of that is recorded all the same", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "hangs" });
    const second = world.server("second");
    const limit = stopwatch(world);
    world.watcher = storeFails;
    const told = world.enqueue(LINK);
    await turn();
    await limit.over();
    expect(await told).toMatchObject([{ kind: "kept", maybe: "first" }]);
    first.mode = "up";
    first.release();
    await turn();
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world), second.calls]).toEqual([[[ANN, "first"]], []]);
  });

  test("is not exceeded by one that waits for another chat's", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "hangs" });
    const limit = stopwatch(world);
    world.watcher = storeFails;
    const told = Promise.all([world.enqueue(LINK), world.enqueue(SAME, { chatId: BOB })]);
    await turn();
    await limit.over();
    expect((await told).flat()).toMatchObject([
      { kind: "kept", maybe: "first" },
      { kind: "kept", maybe: undefined },
    ]);
    expect(first.submissions).toHaveLength(1);
  });

  test("is cut by a stop, which tries nobody else", async () => {
    const { world, first, second, told, drained } = await createStopping();
    using _world = world;
    world.bot.direct.giveUp();
    await drained;
    expect(await told).toMatchObject([{ kind: "kept", maybe: "first" }]);
    first.mode = "refuses";
    first.release();
    await turn();
    expect(second.calls).toEqual([]);
  });

  test("is not used up by a stop: the call under way ends, and nobody else is tried", async () => {
    const { world, first, second, told, drained } = await createStopping();
    using _world = world;
    first.mode = "refuses";
    first.release();
    await drained;
    expect(await told).toMatchObject([{ kind: "kept", maybe: undefined }]);
    expect(second.calls).toEqual([]);
  });
});

test("a downloader that was called otherwise while the table could not be read gets the delivery by its name", async () => {
  using world = createWorld();
  world.watcher = storeFails;
  world.server("nas");
  expect(await world.enqueue(LINK)).toMatchObject([{ kind: "sent", downloader: "nas" }]);
  const of = { host: "10.0.0.1", port: 1, roots: ["*"], registeredAt: 0, lastSeenAt: 0, failures: 0, paused: false };
  world.store.downloaders.save({ ...of, name: "NAS" });
  world.watcher = () => {};
  world.bot.registry.takeUp();
  await world.tick();
  expect(deliveries(world)).toEqual([[ANN, "NAS"]]);
});

describe("a kill while the database cannot be used", () => {
  test("forgets nothing that was handed over", async () => {
    using world = createFleet();
    world.watcher = storeFails;
    await world.enqueue(LINK, { messageId: 7 });
    world.watcher = locked;
    world.kill();
    world.watcher = () => {};
    world.restart();
    world.watcher = locked;
    // Telegram delivers the message again, and another chat sends the link.
    expect(await world.enqueue(LINK, { messageId: 7 })).toMatchObject([{ kind: "sent" }]);
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent" }]);
    expect(world.downloads(LINK)).toBe(1);
    world.watcher = () => {};
    await world.tick();
    expect(deliveries(world)).toHaveLength(2);
    expect(await world.enqueue(LINK, { messageId: 7 })).toMatchObject([{ kind: "in_delivery" }]);
    expect(world.downloads(LINK)).toBe(1);
    expect(world.store.deletions.dueOfOneChat(world.now, 9)).toMatchObject([{ messageId: 7 }]);
  });

  test("in a call asks that downloader first", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "hangs" });
    const second = world.server("second");
    world.watcher = storeFails;
    void world.enqueue(LINK);
    await turn();
    first.mode = "up";
    first.taken.push(LINK);
    world.watcher = () => {};
    world.restart();
    await world.tick();
    await world.tick();
    expect([deliveries(world), second.calls]).toEqual([[[ANN, "first"]], []]);
    expect(first.submissions).toHaveLength(1);
  });

  test("after one that its chat had while the clock was ahead is not forgotten", async () => {
    using world = createFleet();
    world.advance(120 * MINUTE);
    await world.due(LINK);
    await world.tick();
    expect(deliveries(world)).toHaveLength(1);
    const [before] = world.store.deliveries.open();
    world.store.deliveries.update(before?.id ?? 0, { state: "done", closedAt: world.now });
    world.advance(-120 * MINUTE);
    for (const server of world.servers) server.mode = "refuses";
    world.watcher = storeFails;
    await world.enqueue(SAME);
    world.watcher = () => {};
    await world.tick();
    expect(world.store.links.count({})).toBe(1);
  });

  test("between writing and emptying the journal records nothing twice", async () => {
    using world = createFleet();
    world.watcher = storeFails;
    await world.enqueue(LINK);
    await world.enqueue("https://x.org/2");
    const { journal } = world;
    const left = journal.left();
    world.watcher = () => {};
    await world.tick();
    for (const [id, entry] of left) journal.write(id, entry);
    const [ended] = world.store.deliveries.open();
    world.store.deliveries.update(ended?.id ?? 0, { state: "done", closedAt: world.now });
    world.restart();
    await world.tick();
    expect([deliveries(world).length, world.store.links.count({}), journal.left().size]).toEqual([2, 0, 0]);
  });
});

test("a kill while a message is written down lets it stay until the last of its links has gone", async () => {
  const file = createMemoryJournal();
  function last<Result>(written: Result): Result {
    world.kill();
    return written;
  }
  using world = createWorld({
    journal: {
      ...file,
      add: (entries) => last(file.add(entries)),
      write: (id, entry) => last(file.write(id, entry)),
    },
  });
  world.server("nas", { roots: ["x.org"] });
  world.watcher = storeFails;
  void world.enqueue([LINK, "https://y.org/1", "https://y.org/2"], { messageId: 7 });
  await turn();
  world.watcher = () => {};
  world.restart();
  await world.tick();
  expect(deliveries(world)).toEqual([[ANN, "nas"]]);
  expect(world.store.links.count({ chatId: ANN })).toBe(2);
  expect(world.store.deletions.dueOfOneChat(world.now, 9)).toEqual([]);
});

test("a link that its owner has removed does not come back with a kill while others are still past the queue", async () => {
  using world = createWorld({ random: () => 0.99 });
  world.watcher = storeFails;
  world.server("other", { mode: "hangs", roots: ["y.org"] });
  expect(await world.enqueue(LINK, { messageId: 7 })).toMatchObject([{ kind: "kept" }]);
  void world.enqueue("https://y.org/1", { chatId: BOB });
  await turn();
  world.watcher = () => {};
  await world.tick();
  const [link] = world.store.links.ofMessage(ANN, 7);
  world.bot.queue.remove({ chatId: ANN, role: "user" }, link?.id ?? 0);
  world.advance(MINUTE);
  world.bot.queue.purge();
  world.kill();
  world.restart();
  await world.tick();
  await world.tick();
  expect(world.store.links.ofMessage(ANN, 7)).toEqual([]);
});

describe("a link that went past the queue and that the database does not take, although it can be used", () => {
  const BAD = "https://x.org/bad";

  /** The second of three makes no row. */
  async function createRefused() {
    const world = createWorld();
    world.watcher = storeFails;
    await world.enqueue(LINK, { messageId: 7 });
    await world.enqueue(BAD, { messageId: 7, sender: null as unknown as string });
    await world.enqueue("https://x.org/2", { messageId: 8 });
    world.watcher = () => {};
    await world.tick();
    return world;
  }
  const kept = (world: World) => [...world.journal.left().values()].map(({ link }) => link.url);
  const told = (world: World) =>
    world.bot.events.flatMap((event) => (event.kind === "not_stored" ? [event.link.url] : []));

  test("is told to its owner, left to the next life, and holds back no other one", async () => {
    using world = await createRefused();
    await world.tick();
    expect([told(world), kept(world), world.store.links.count({})]).toEqual([[BAD], [BAD], 2]);
    const queued = world.bot.events.flatMap((event) => (event.kind === "queued" ? [event.link.url] : []));
    expect(queued).toEqual([LINK, "https://x.org/2"]);
    world.restart();
    await world.tick();
    expect([told(world), kept(world), world.store.links.count({})]).toEqual([[BAD], [BAD], 2]);
  });
});

test("hundreds of links that went past the queue are written in steps, and before anything is claimed", async () => {
  using world = createFleet();
  const { id } = await world.due("https://x.org/queued");
  world.watcher = storeFails;
  for (let index = 0; index < 120; index++) await world.enqueue(`https://x.org/many/${index}`);
  world.watcher = () => {};
  await world.tick();
  expect([deliveries(world).length, world.link(id).state]).toEqual([50, "queued"]);
  await world.tick();
  await world.tick();
  expect([deliveries(world).length, world.store.links.count({})]).toEqual([121, 0]);
});

describe("a message with several links that go past the queue stays", () => {
  const URLS = [1, 2, 3].map((nth) => `https://x.org/${nth}`);
  const planned = (world: World) => world.store.deletions.dueOfOneChat(world.now, 9).map(({ messageId }) => messageId);

  test("while one of them is still being handed over", async () => {
    using world = createWorld({ random: () => 0.99 });
    const server = world.server("one");
    const limit = stopwatch(world);
    world.watcher = storeFails;
    await world.enqueue(URLS.slice(0, 2), { messageId: 7 });
    server.mode = "hangs";
    const told = world.enqueue(URLS.slice(2), { messageId: 7 });
    await turn();
    world.watcher = () => {};
    await world.tick();
    expect(planned(world)).toEqual([]);
    server.mode = "up";
    server.release();
    await told;
    await limit.over();
    await world.tick();
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([3, [7]]);
  });

  test.each(["mute", "refuses"] as const)("while one waits, whose downloader was: %s", async (mode) => {
    using world = createWorld({ random: () => 0.99 });
    const server = world.server("one");
    world.watcher = storeFails;
    await world.enqueue(URLS.slice(0, 2), { messageId: 7 });
    server.mode = mode;
    expect(await world.enqueue(URLS.slice(2), { messageId: 7 })).toMatchObject([{ kind: "kept" }]);
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([2, []]);
    server.mode = "up";
    for (let past = 0; past < 10; past++) {
      await world.tick();
      world.advance(MINUTE);
    }
    expect([deliveries(world).length, planned(world)]).toEqual([3, [7]]);
  });

  test("when it has more of them than one step writes", async () => {
    using world = createWorld({ random: () => 0.99 });
    const server = world.server("one");
    world.watcher = storeFails;
    const many = Array.from({ length: 70 }, (_, index) => `https://x.org/many/${index}`);
    await world.enqueue(many, { messageId: 7 });
    server.mode = "mute";
    await world.enqueue(URLS.slice(0, 1), { messageId: 7 });
    world.watcher = () => {};
    await world.tick();
    expect(planned(world)).toEqual([]);
  });
});

describe("a second message with the same link (rule 15)", () => {
  const OTHER = "https://x.org/2";
  const planned = (world: World) =>
    world.store.deletions
      .dueOfOneChat(world.now, 9)
      .map(({ messageId }) => messageId)
      .sort();

  test("goes although the link stands in the queue under the first one, which nobody could read", async () => {
    using world = createFleet();
    await world.due(LINK, { messageId: 7 });
    world.watcher = storeFails;
    expect(await world.enqueue(SAME, { messageId: 8 })).toMatchObject([{ kind: "sent" }]);
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([1, [7, 8]]);
  });

  test("goes although the first one waits on", async () => {
    using world = createWorld();
    world.server("one", { mode: "refuses" });
    const { id } = await world.due(LINK, { messageId: 7 });
    world.watcher = storeFails;
    expect(await world.enqueue(SAME, { messageId: 8 })).toMatchObject([{ kind: "kept" }]);
    world.watcher = () => {};
    await world.tick();
    expect([world.link(id).messageId, planned(world)]).toEqual([7, [8]]);
  });

  test.each([false, true])(
    "goes with the first one, also when that is past the queue (killed meanwhile: %p)",
    async (isKilled) => {
      using world = createFleet();
      world.watcher = storeFails;
      await Promise.all([7, 8].map((messageId) => world.enqueue(LINK, { messageId })));
      await world.enqueue(SAME, { messageId: 9 });
      world.watcher = () => {};
      if (isKilled) {
        world.kill();
        world.restart();
      }
      await world.tick();
      expect([deliveries(world).length, planned(world)]).toEqual([1, [7, 8, 9]]);
    },
  );

  test("stays, as the first one does, when there is more in it than links", async () => {
    using world = createFleet();
    world.watcher = storeFails;
    const messages = [7, 8, 9].map((messageId) => ({ messageId, keepsMessage: messageId !== 8 }));
    for (const message of messages) await world.enqueue(SAME, message);
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([1, [8]]);
  });

  test("stays while another link of it waits", async () => {
    using world = createWorld();
    const server = world.server("one");
    world.watcher = storeFails;
    await world.enqueue(LINK, { messageId: 7 });
    server.mode = "refuses";
    await world.enqueue([SAME, OTHER], { messageId: 8 });
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([1, [7]]);
    server.mode = "up";
    for (let past = 0; past < 10; past++) {
      await world.tick();
      world.advance(MINUTE);
    }
    expect([deliveries(world).length, planned(world)]).toEqual([2, [7, 8]]);
  });

  test("stays while another link of it is still being handed over", async () => {
    using world = createWorld();
    const server = world.server("one");
    const limit = stopwatch(world);
    world.watcher = storeFails;
    await world.enqueue(LINK, { messageId: 7 });
    server.mode = "hangs";
    const told = world.enqueue([SAME, OTHER], { messageId: 8 });
    await turn();
    world.watcher = () => {};
    await world.tick();
    expect(planned(world)).toEqual([7]);
    server.mode = "up";
    server.release();
    await told;
    await limit.over();
    await world.tick();
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([2, [7, 8]]);
  });
});

test("a link past the queue that the database never takes holds up nothing, and is left to the next life", async () => {
  using world = createFleet();
  const { id } = await world.due("https://x.org/queued");
  const of = { chatId: ANN, threadId: null, messageId: 7, sender: "ann", quality: "best", folder: null } as const;
  const link = { ...of, url: LINK, key: "x.org/1", sendAt: world.now, createdAt: world.now };
  const rest = { state: "waiting", downloader: null, superseded: [] } as const;
  world.journal.write(1, { ...rest, link: { ...link, createdAt: Number.NaN } });
  world.journal.write(2, { ...rest, link: { ...link, url: "https://x.org/2", key: "x.org/2" } });
  world.restart();
  await world.tick();
  await world.tick();
  expect([deliveries(world).length, world.store.links.byId(id), world.journal.left().size]).toEqual([2, undefined, 1]);
});

test("a message that comes again while the database is locked is no second one beside its own links", async () => {
  using world = createWorld();
  await world.enqueue(["https://x.org/1", "https://x.org/2"], { messageId: 7 });
  world.watcher = locked;
  const again = await world.enqueue(["https://x.org/1", "https://x.org/2"], { messageId: 7 });
  // Their prompts may not have been sent.
  expect(again.map(({ kind }) => kind)).toEqual(["queued", "queued"]);
  expect(await world.enqueue("https://x.org/1", { messageId: 8 })).toMatchObject([{ kind: "duplicate" }]);
});
