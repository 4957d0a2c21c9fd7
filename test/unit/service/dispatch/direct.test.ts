import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { DIRECT_LIMIT_MS } from "../../../../src/service/dispatch/direct-hand-over.ts";
import { MINUTE } from "../bot.ts";
import { storeFails, type Watcher } from "../fuse.ts";
import { ANN, BOB, createMemoryJournal, createWorld, turn, type World } from "../world.ts";

const LINK = "https://x.org/1";
const SAME = "https://www.x.org/1?utm_source=a";

/** Another process holds the lock: the tables can be read, but not written. */
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

/** Lets the test end the time limit of the hand-over. */
function stopwatch(world: World): { over: () => Promise<void> } {
  const ends: (() => void)[] = [];
  world.wait = (ms, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve());
      if (ms === DIRECT_LIMIT_MS) ends.push(resolve);
    });
  return {
    async over() {
      for (const end of ends.splice(0)) end();
      await turn();
    },
  };
}

describe("a link that bypasses the queue (rule 4)", () => {
  test.each([
    ["by the same chat", ANN, 1],
    ["by another chat", BOB, 2],
  ] as const)("is downloaded once if it is sent again %s", async (_, chatId, owners) => {
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

  test("goes to the downloader that has it for another chat if the tables can be read", async () => {
    using world = createFleet();
    await world.due(LINK);
    await world.tick();
    const [[, holder] = []] = deliveries(world);
    world.watcher = locked;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: holder }]);
    // In the holder's spelling.
    expect(called(world)).toEqual([LINK, LINK]);
    expect(world.downloads(LINK)).toBe(1);
  });

  test("goes to any downloader if the one that has it for another chat has failed with it", async () => {
    using world = createWorld();
    const failing = world.server("failing");
    await world.due(LINK);
    await world.tick();
    const [failed] = world.store.deliveries.open();
    world.store.deliveries.update(failed?.id ?? 0, { status: "NEW", trouble: "HTTP 403" });
    world.register("failing", { roots: ["elsewhere.org"] });
    world.server("other");
    world.watcher = locked;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "sent", downloader: "other" }]);
    world.watcher = () => {};
    await world.tick();
    expect(failing.submissions).toHaveLength(1);
    expect(deliveries(world)).toEqual([
      [ANN, "failing"],
      [BOB, "other"],
    ]);
  });

  test("is recorded for the downloader that had it for another chat all along, and superseded elsewhere", async () => {
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

  test.each(["mute", "down", "refuses"] as const)("stays with a recorded holder whose mode is: %s", async (mode) => {
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

  test("is recognised as the chat's own duplicate if the tables can be read", async () => {
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

  test("goes to the downloader to which another chat's link is being handed over", async () => {
    using world = createWorld();
    const first = world.server("first", { mode: "mute" });
    await world.due(LINK);
    await world.tick();
    const other = world.server("other");
    world.watcher = locked;
    expect(await world.enqueue(SAME, { chatId: BOB })).toMatchObject([{ kind: "kept", maybe: "first" }]);
    expect([first.submissions.length, other.calls]).toEqual([2, []]);
  });

  test("stays with a downloader that may have it if it is sent again", async () => {
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

  test("is remembered as superseded if its call is carried out too late", async () => {
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

  test("is found if its call is carried out soon after the deadline", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "late" });
    const second = world.server("second");
    world.wait = async (ms) => (ms === DIRECT_LIMIT_MS ? new Promise(() => {}) : first.catchUp());
    world.watcher = storeFails;
    expect(await world.enqueue(LINK)).toMatchObject([{ kind: "sent", downloader: "first" }]);
    expect(second.calls).toEqual([]);
  });
});

test("a link that bypasses the queue again is superseded where it may be, if it is refused there now", async () => {
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

describe("a link that its chat has just removed and that bypasses the queue", () => {
  test.each([
    ["goes on in the queue if nobody takes it", undefined, ["unmatched"], 0],
    ["is delivered if a downloader has taken it", "up", [], 1],
    ["is uncertain if a downloader may have it", "mute", ["uncertain"], 0],
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

describe("the time limit of bypassing the queue", () => {
  /** A stop while the first of two downloaders is being called. */
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

  test("ends with the name of the downloader that is being called, whose late answer is still recorded", async () => {
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

  test("also ends the wait for another chat's link", async () => {
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

  test("is cut short by a stop, after which no other downloader is tried", async () => {
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

  test("does not delay a stop: the current call ends, and no other downloader is tried", async () => {
    const { world, first, second, told, drained } = await createStopping();
    using _world = world;
    first.mode = "refuses";
    first.release();
    await drained;
    expect(await told).toMatchObject([{ kind: "kept", maybe: undefined }]);
    expect(second.calls).toEqual([]);
  });
});

test("a delivery gets the downloader's name as the table spells it, once that can be read", async () => {
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
  test("loses nothing that was handed over", async () => {
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

  test("during a call makes the next life ask that downloader first", async () => {
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

  test("does not lose a link that its chat already had while the clock was ahead", async () => {
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

  test("between the commit and the clearing of the journal records nothing twice", async () => {
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

test("a kill while a message is written to the journal keeps the message until its last link is sent", async () => {
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

test("a removed link does not come back after a kill while others still bypass the queue", async () => {
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

describe("a link that bypassed the queue and that a usable database refuses", () => {
  const BAD = "https://x.org/bad";

  /** The second of three links violates the schema. */
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

  test("is reported to its owner, kept for the next life, and holds up no other link", async () => {
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

test("hundreds of links that bypassed the queue are written in steps, before anything is claimed", async () => {
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

describe("a message with several links that bypass the queue stays", () => {
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

  test.each(["mute", "refuses"] as const)("while one waits after its downloader's answer was: %s", async (mode) => {
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

  test("if it has more links than one step writes", async () => {
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

  test("is deleted if the first one's link is in the queue, which could not be read", async () => {
    using world = createFleet();
    await world.due(LINK, { messageId: 7 });
    world.watcher = storeFails;
    expect(await world.enqueue(SAME, { messageId: 8 })).toMatchObject([{ kind: "sent" }]);
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([1, [7, 8]]);
  });

  test("is deleted even if the first one still waits", async () => {
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
    "is deleted with the first one if that bypasses the queue too (killed meanwhile: %p)",
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

  test("stays, like the first one, if it has other text than links", async () => {
    using world = createFleet();
    world.watcher = storeFails;
    const messages = [7, 8, 9].map((messageId) => ({ messageId, keepsMessage: messageId !== 8 }));
    for (const message of messages) await world.enqueue(SAME, message);
    world.watcher = () => {};
    await world.tick();
    expect([deliveries(world).length, planned(world)]).toEqual([1, [8]]);
  });

  test("stays while another of its links waits", async () => {
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

  test("stays while another of its links is being handed over", async () => {
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

test("a link in the journal that can never be stored holds up nothing, and is kept for the next life", async () => {
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

test("a message that is repeated while the database is locked is not taken for a duplicate of itself", async () => {
  using world = createWorld();
  await world.enqueue(["https://x.org/1", "https://x.org/2"], { messageId: 7 });
  world.watcher = locked;
  const again = await world.enqueue(["https://x.org/1", "https://x.org/2"], { messageId: 7 });
  // Their prompts may not have been sent.
  expect(again.map(({ kind }) => kind)).toEqual(["queued", "queued"]);
  expect(await world.enqueue("https://x.org/1", { messageId: 8 })).toMatchObject([{ kind: "duplicate" }]);
});
