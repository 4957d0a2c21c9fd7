import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { MINUTE, SECOND } from "../bot.ts";
import { createWorld, type World } from "../world.ts";

const URL_1 = "https://x.org/1";

/** One link that `first` may have, while `second` could take it too. */
async function uncertainWorld(mode: "mute" | "takes then dies"): Promise<World & { readonly id: number }> {
  const world = createWorld();
  const first = world.server("first", { mode });
  const { id } = await world.due(URL_1);
  await world.tick();
  expect(world.link(id).state).toBe("uncertain");
  first.calls.length = 0;
  world.server("second");
  return Object.assign(world, { id });
}

/** Seconds after the call at which the link was asked about. */
async function askedAt(world: World, forMs: number): Promise<number[]> {
  const begin = world.now;
  const seconds: number[] = [];
  world.onCall = (server, method) => {
    if (server === "first" && method === "queue") seconds.push((world.now - begin) / SECOND);
  };
  while (world.now < begin + forMs) {
    world.advance(SECOND);
    await world.tick();
  }
  return seconds;
}

describe("a link that a downloader may have (reliability.md §2.4)", () => {
  test("is asked about 5, 15 and then every 60 seconds later, and goes elsewhere when the hold is over", async () => {
    using world = await uncertainWorld("mute");
    expect(await askedAt(world, 5 * MINUTE - SECOND)).toEqual([5, 20, 80, 140, 200, 260]);
    expect(world.downloads(URL_1)).toBe(0);
    expect(await askedAt(world, SECOND)).toEqual([1]);
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
    expect(world.bot.events.map(({ kind }) => kind)).toEqual(["uncertain", "delivered"]);
  });

  test("is held anew after a restart, since nobody could ask meanwhile", async () => {
    using world = await uncertainWorld("mute");
    world.advance(6 * MINUTE);
    world.restart();
    await world.tick();
    expect(world.fleet.get("second")?.taken).toEqual([]);
    expect(await askedAt(world, 10 * MINUTE)).not.toEqual([]);
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
  });

  test("is asked for at once when its downloader registers again", async () => {
    using world = await uncertainWorld("takes then dies");
    const first = world.fleet.get("first");
    if (first) first.mode = "up";
    world.register("first");
    await world.tick();
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
    expect(world.downloads(URL_1)).toBe(1);
  });

  test("is accepted as soon as the downloader lists it", async () => {
    using world = await uncertainWorld("takes then dies");
    const first = world.fleet.get("first");
    if (first) first.mode = "up";
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
    expect(world.downloads(URL_1)).toBe(1);
  });

  test("is given to the same downloader first when that has it not", async () => {
    using world = await uncertainWorld("mute");
    const first = world.fleet.get("first");
    if (first) first.mode = "up";
    world.advance(5 * SECOND);
    await world.tick();
    expect([first?.taken, world.fleet.get("second")?.taken]).toEqual([[URL_1], []]);
  });

  test("goes elsewhere when the same downloader has it not and refuses it", async () => {
    using world = await uncertainWorld("mute");
    const first = world.fleet.get("first");
    if (first) first.mode = "refuses";
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
  });

  test("is held anew from a second call whose outcome is unknown too", async () => {
    using world = await uncertainWorld("mute");
    const first = world.fleet.get("first");
    if (first === undefined) return;
    await askedAt(world, 4 * MINUTE);
    // It is back for a moment, has it not, is given it once more, takes it and dies.
    first.mode = "up";
    world.onCall = (_server, method) => {
      if (method === "submit") first.mode = "takes then dies";
    };
    world.advance(MINUTE - SECOND);
    await world.tick();
    expect([first.taken, world.link(world.id).state]).toEqual([[URL_1], "uncertain"]);
    await askedAt(world, 4 * MINUTE);
    expect(world.downloads(URL_1)).toBe(1);
    first.mode = "up";
    await askedAt(world, MINUTE);
    expect(world.downloads(URL_1)).toBe(1);
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
  });

  test("costs no attempt while it is held, and one when nobody else takes it", async () => {
    using world = createWorld();
    world.server("only", { mode: "mute" });
    const { id } = await world.due(URL_1);
    await world.tick();
    await askedAt(world, 4 * MINUTE);
    expect(world.link(id)).toMatchObject({ state: "uncertain", attempts: 0 });
    await askedAt(world, MINUTE);
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 1, lastError: { reason: "silent" } });
  });

  test("is held for no longer when the clock leaps back meanwhile", async () => {
    using world = await uncertainWorld("mute");
    world.advance(-365 * 24 * 60 * MINUTE);
    world.store.links.bringBack({ now: world.now, latest: world.now + 3 * 24 * 60 * MINUTE, limit: 9 });
    await askedAt(world, 6 * MINUTE);
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
  });

  test("is remembered as a superseded submission of the silent downloader once another one is tried", async () => {
    using world = await uncertainWorld("takes then dies");
    await askedAt(world, 5 * MINUTE);
    expect(world.store.supersededSubmissions.of("first")).toMatchObject([{ downloader: "first" }]);
  });
});

describe("a link that its downloader does not answer for, and does not list (reliability.md §2.4)", () => {
  /** One link that `first` was given and says nothing of, while `second` could take it too. */
  async function missingWorld(mode: "late" | "forgets") {
    const world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode });
    const second = world.server("second");
    const { id } = await world.due(URL_1);
    await world.tick();
    expect([first.submissions.length, second.calls, world.link(id).state]).toEqual([1, [], "uncertain"]);
    return Object.assign(world, { id, first, second });
  }

  test("is found when the call is carried out within the next five seconds, and goes nowhere else", async () => {
    using world = await missingWorld("late");
    world.first.catchUp();
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
    expect(world.second.calls).toEqual([]);
  });

  test("is remembered as a superseded submission before anyone else is called", async () => {
    using world = await missingWorld("late");
    const remembered = () => world.store.supersededSubmissions.of("first").map(({ key }) => key);
    let before: string[] = [];
    world.onCall = (server, method) => {
      if (server === "second" && method === "submit") before = remembered();
    };
    expect(remembered()).toEqual(["x.org/1"]);
    world.advance(4 * SECOND);
    await world.tick();
    expect(world.second.calls).toEqual([]);
    world.advance(SECOND);
    await world.tick();
    expect([world.second.taken, before]).toEqual([[URL_1], ["x.org/1"]]);
    expect(world.first.submissions).toHaveLength(1);
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("second");
  });

  test("is asked for once more after a restart as well", async () => {
    using world = await missingWorld("late");
    world.restart();
    world.first.catchUp();
    await world.tick();
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
    expect(world.second.calls).toEqual([]);
  });

  test("stays with it while its list cannot be read any more", async () => {
    using world = await missingWorld("forgets");
    world.first.mode = "mute";
    await askedAt(world, 4 * MINUTE);
    expect(world.second.calls).toEqual([]);
    await askedAt(world, 2 * MINUTE);
    expect(world.second.taken).toEqual([URL_1]);
  });

  test("costs an attempt when nobody else can take it", async () => {
    using world = createWorld();
    world.server("only", { mode: "late" });
    const { id } = await world.due(URL_1);
    await world.tick();
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 1, lastError: { reason: "silent" } });
  });

  test("is asked for again after a later call, however long ago it was missing before", async () => {
    using world = createWorld();
    const only = world.server("only", { mode: "forgets" });
    const { id } = await world.due(URL_1);
    await world.tick();
    world.advance(5 * SECOND);
    await world.tick();
    const other = world.server("other");
    world.store.links.update(id, { downloader: "only" });
    only.mode = "late";
    world.advance(2 * MINUTE);
    await world.tick();
    expect(world.link(id).state).toBe("uncertain");
    only.catchUp();
    world.advance(5 * SECOND);
    await world.tick();
    expect([world.store.deliveries.byLinkId(id)?.downloader, other.calls]).toEqual(["only", []]);
  });
});

describe("a link that was being handed over when the bot was killed, and that its downloader does not list yet", () => {
  /** What is known of it after the start. `isDuplicate`: the other one has it for another chat. */
  async function interruptedWorld({ isDuplicate } = { isDuplicate: false }) {
    const world = createWorld();
    const second = world.server("second");
    if (isDuplicate) {
      await world.due(URL_1, { chatId: 7 });
      await world.tick();
      second.calls.length = 0;
    }
    const first = world.server("first", { mode: "late" });
    const { id } = await world.due(URL_1);
    await first.submit({ url: URL_1, userName: "ann", maxQuality: 0 });
    world.store.links.update(id, { state: "uncertain" });
    world.store.attempts.open({ linkId: id, downloader: "first", startedAt: world.now });
    const remembered = () => world.store.supersededSubmissions.of("first").map(({ key }) => key);
    let before: string[] | undefined;
    world.onCall = (server, method) => {
      if (server === "second" && method === "submit") before = remembered();
    };
    return Object.assign(world, { id, first, second, remembered: () => before });
  }

  test("is remembered as superseded there before anyone else is called, when it refuses the link now", async () => {
    using world = await interruptedWorld();
    world.first.mode = "refuses";
    await world.tick();
    expect([world.second.taken, world.remembered()]).toEqual([[URL_1], ["x.org/1"]]);
  });

  test("is remembered as superseded there also where nobody else can be called yet", async () => {
    using world = await interruptedWorld();
    world.bot.registry.exchanged("second", "unconnected");
    world.first.mode = "refuses";
    await world.tick();
    expect(world.store.supersededSubmissions.of("first").map(({ key }) => key)).toEqual(["x.org/1"]);
  });

  test("is remembered as superseded there when it goes to who has it for another chat", async () => {
    using world = await interruptedWorld({ isDuplicate: true });
    await world.tick();
    expect([world.second.calls.length, world.remembered()]).toEqual([1, ["x.org/1"]]);
  });

  test("is its own when it takes the link now", async () => {
    using world = await interruptedWorld();
    world.first.mode = "up";
    await world.tick();
    expect([world.first.taken, world.second.calls]).toEqual([[URL_1], []]);
    expect(world.store.supersededSubmissions.of("first")).toEqual([]);
  });
});

test("a link that was missing while the clock was ahead is asked for again where a later call was not answered", async () => {
  using world = createWorld();
  const first = world.server("first", { mode: "late" });
  world.store.supersededSubmissions.add({ key: "x.org/1", downloader: "first", since: world.now + 120 * MINUTE });
  const { id } = await world.due(URL_1);
  world.store.links.update(id, { state: "uncertain" });
  world.store.attempts.open({ linkId: id, downloader: "first", startedAt: world.now });
  const second = world.server("second");
  first.mode = "up";
  await world.tick();
  expect([first.taken, second.taken]).toEqual([[URL_1], []]);
});

describe("duplicates: two chats with the same link", () => {
  const SAME = "https://www.x.org/1?utm_source=a";

  /** One that `holder` has for another chat, while `other` could take it too. */
  async function heldWorld() {
    const world = createWorld();
    const holder = world.server("holder");
    await world.due(URL_1);
    await world.tick();
    const other = world.server("other");
    return Object.assign(world, { holder, other });
  }

  test("are sent in the spelling that the downloader has, by which alone it knows them", async () => {
    using world = await heldWorld();
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.holder.submissions.map(({ url }) => url)).toEqual([URL_1, URL_1]);
    expect(world.store.deliveries.since({ chatId: 2, acceptedAt: 0 })).toMatchObject([{ url: SAME }]);
  });

  test("are sent so to one that is done with it, and in their own spelling to those that it refuses them to", async () => {
    using world = await heldWorld();
    const finish = () => {
      for (const { id } of world.store.deliveries.open())
        world.store.deliveries.update(id, { state: "done", closedAt: world.now });
    };
    finish();
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.holder.submissions.map(({ url }) => url)).toEqual([URL_1, URL_1]);
    finish();
    world.holder.mode = "refuses";
    await world.due(SAME, { chatId: 3 });
    await world.tick();
    expect(world.other.submissions.map(({ url }) => url)).toEqual([SAME]);
  });

  test.each(["refuses", "incompatible"] as const)(
    "stay with a holder that %s while its list cannot be read",
    async (mode) => {
      using world = await heldWorld();
      world.holder.mode = mode;
      world.onCall = (_server, method) => {
        if (method === "queue") world.holder.mode = "mute";
      };
      const { id } = await world.due(SAME, { chatId: 2 });
      await world.tick();
      expect([world.other.calls, world.store.deliveries.byLinkId(id)?.downloader]).toEqual([[], "holder"]);
    },
  );

  test("stay with a holder that a kill left uncertain and that is silent for longer than the hold", async () => {
    using world = await heldWorld();
    world.holder.mode = "hangs";
    const { id } = await world.due(SAME, { chatId: 2 });
    await world.tick();
    world.restart();
    world.holder.mode = "mute";
    await askedAt(world, 7 * MINUTE);
    expect([world.other.calls, world.store.deliveries.byLinkId(id)?.downloader]).toEqual([[], "holder"]);
    expect(world.store.supersededSubmissions.of("holder")).toEqual([]);
  });

  test("stay with the holder of one that was handed over while they were uncertain elsewhere", async () => {
    using world = createWorld();
    const silent = world.server("silent", { mode: "mute" });
    const { id } = await world.due(URL_1);
    await world.tick();
    const holder = world.server("holder");
    const other = world.server("other");
    const of = { chatId: 2, threadId: null, messageId: null, sender: "bob", folder: null };
    const delivery = { ...of, linkId: 99, url: SAME, key: "x.org/1", quality: "best", acceptedAt: world.now } as const;
    world.store.deliveries.add({ ...delivery, downloader: "holder" });
    await askedAt(world, 6 * MINUTE);
    expect([silent.submissions.length, holder.submissions.length, other.submissions.length]).toEqual([1, 1, 0]);
    expect(world.store.deliveries.byLinkId(id)?.downloader).toBe("holder");
    expect(world.store.supersededSubmissions.of("silent")).toHaveLength(1);
  });

  test("are asked for once more where the holder does not answer and does not list them", async () => {
    using world = await heldWorld();
    world.holder.taken.length = 0;
    world.holder.mode = "late";
    const { id } = await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.link(id).state).toBe("uncertain");
    world.holder.catchUp();
    world.advance(5 * SECOND);
    await world.tick();
    expect([world.other.calls, world.store.deliveries.byLinkId(id)?.downloader]).toEqual([[], "holder"]);
  });

  test.each(["same tick", "later", "in flight"])("are one download and two deliveries: %s", async (when) => {
    using world = createWorld();
    for (const name of ["a", "b", "c"]) world.server(name, { mode: when === "in flight" ? "hangs" : "up" });
    await world.due(URL_1);
    if (when !== "same tick") await world.tick();
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    for (const server of world.fleet.values()) {
      server.mode = "up";
      server.release();
    }
    await world.tick();
    await world.tick();
    expect(world.downloads(URL_1)).toBe(1);
    const deliveries = world.store.deliveries.since({ acceptedAt: 0 });
    expect(deliveries.map(({ chatId }) => chatId).sort()).toEqual([1, 2]);
    expect(new Set(deliveries.map(({ downloader }) => downloader)).size).toBe(1);
  });

  test("wait for each other while one is uncertain", async () => {
    using world = await uncertainWorld("takes then dies");
    await world.due(SAME, { chatId: 2 });
    await askedAt(world, MINUTE);
    expect([world.downloads(URL_1), world.store.links.count({})]).toEqual([1, 2]);
    const first = world.fleet.get("first");
    if (first) first.mode = "up";
    await askedAt(world, MINUTE);
    expect([world.downloads(URL_1), world.store.links.count({})]).toEqual([1, 0]);
  });

  test.each(["down", "mute"] as const)("a holder that is %s now is no reason for a second download", async (mode) => {
    using world = createWorld();
    const holder = world.server("holder");
    await world.due(URL_1);
    await world.tick();
    const other = world.server("other");
    holder.mode = mode;
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(other.taken).toEqual([]);
    expect(world.store.deliveries.since({ acceptedAt: 0 }).map(({ downloader }) => downloader)).toEqual([
      "holder",
      "holder",
    ]);
  });

  test("a downloader that lost the link has no claim to it", async () => {
    using world = createWorld();
    world.server("holder");
    const { id } = await world.due(URL_1);
    await world.tick();
    const delivery = world.store.deliveries.byLinkId(id);
    if (delivery) world.store.deliveries.update(delivery.id, { state: "lost" });
    world.register("holder", { roots: ["elsewhere.org"] });
    const other = world.server("other");
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(other.taken).toEqual([SAME]);
  });

  test("one that its duplicate's downloader refuses is not taken for delivered", async () => {
    using world = createWorld();
    const holder = world.server("holder");
    await world.due(URL_1);
    await world.tick();
    // It has forgotten the link and does not want it again; there is nobody else.
    holder.taken.length = 0;
    holder.mode = "refuses";
    const { id } = await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 1, lastError: { reason: "refused" } });
  });

  test("one that its duplicate's downloader refuses, but has, is delivered there", async () => {
    using world = createWorld();
    const holder = world.server("holder");
    await world.due(URL_1);
    await world.tick();
    world.server("other");
    holder.mode = "refuses";
    const { id } = await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.store.deliveries.byLinkId(id)?.downloader).toBe("holder");
    expect(world.downloads(URL_1)).toBe(1);
  });

  test("follow no downloader that is gone", async () => {
    using world = createWorld();
    world.server("gone");
    await world.due(URL_1);
    await world.tick();
    world.bot.registry.remove("gone");
    const nas = world.server("nas");
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(nas.taken).toEqual([SAME]);
  });
});

describe("a link that a downloader has finished before", () => {
  /** Ann's download is done, its entry is still listed, and Bob sends the same link. */
  async function finished({ agoMs = 0 } = {}) {
    const world = createWorld();
    const first = world.server("first");
    const before = await world.due(URL_1);
    await world.tick();
    const delivery = world.store.deliveries.byLinkId(before.id);
    world.store.deliveries.update(delivery?.id ?? 0, { state: "done", closedAt: world.now });
    first.sent.push(...first.taken.splice(0));
    world.advance(agoMs);
    return { world, first, link: await world.due(URL_1, { chatId: 2 }) };
  }

  test("is not taken for accepted by the old entry, and is given to it again", async () => {
    const { world, first, link } = await finished();
    using _world = world;
    first.mode = "forgets";
    await world.tick();
    expect(world.link(link.id).state).toBe("uncertain");
    first.mode = "up";
    for (const laterMs of [5 * SECOND, 2 * MINUTE]) {
      world.advance(laterMs);
      await world.tick();
    }
    expect(first.taken).toEqual([URL_1]);
    expect(world.store.deliveries.byLinkId(link.id)?.downloader).toBe("first");
  });

  test("is not taken for accepted by an entry from when the clock was ahead", async () => {
    const { world, first, link } = await finished({ agoMs: -60 * MINUTE });
    using _world = world;
    first.mode = "forgets";
    await world.tick();
    expect(world.link(link.id).state).toBe("uncertain");
  });

  test("is accepted, and downloaded once, where it has taken it although its answer was lost", async () => {
    const { world, first, link } = await finished();
    using _world = world;
    first.mode = "takes silently";
    await world.tick();
    expect(world.store.deliveries.byLinkId(link.id)?.downloader).toBe("first");
    expect(first.submissions).toHaveLength(2);
  });

  test("is accepted by an entry that cannot be from then: so long none is kept", async () => {
    const { world, first, link } = await finished({ agoMs: 10 * MINUTE });
    using _world = world;
    first.mode = "forgets";
    await world.tick();
    expect(world.store.deliveries.byLinkId(link.id)?.downloader).toBe("first");
    expect(first.submissions).toHaveLength(2);
  });

  test("is not taken for accepted past the queue either, when it is asked once more", async () => {
    const { world, first } = await finished();
    using _world = world;
    const second = world.server("second");
    first.mode = "forgets";
    world.watcher = (name) => {
      if (name === "transaction") throw new StoreUnavailable("SQLITE_BUSY");
    };
    const told = await world.enqueue(URL_1, { chatId: 3 });
    expect(told).toMatchObject([{ kind: "sent", downloader: "second" }]);
    expect(second.taken).toEqual([URL_1]);
  });
});
