import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { keyOf } from "../../../../src/domain/url.ts";
import { MINUTE, SECOND } from "../bot.ts";
import { createWorld, type World } from "../world.ts";

const URL_1 = "https://x.org/1";

/** A link that `first` may have, and that `second` could take too. */
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

/** When `first` was asked about the link, in seconds from now. */
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
  test("is asked about after 5, 15 and then every 60 seconds, and goes elsewhere when the hold is over", async () => {
    using world = await uncertainWorld("mute");
    expect(await askedAt(world, 5 * MINUTE - SECOND)).toEqual([5, 20, 80, 140, 200, 260]);
    expect(world.downloads(URL_1)).toBe(0);
    expect(await askedAt(world, SECOND)).toEqual([1]);
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
    expect(world.bot.events.map(({ kind }) => kind)).toEqual(["uncertain", "delivered"]);
  });

  test("is held for the full time again after a restart, since nobody could ask meanwhile", async () => {
    using world = await uncertainWorld("mute");
    world.advance(6 * MINUTE);
    world.restart();
    await world.tick();
    expect(world.fleet.get("second")?.taken).toEqual([]);
    expect(await askedAt(world, 10 * MINUTE)).not.toEqual([]);
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
  });

  test("is asked about at once when its downloader registers again", async () => {
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

  test("is given to the same downloader first if that does not have it", async () => {
    using world = await uncertainWorld("mute");
    const first = world.fleet.get("first");
    if (first) first.mode = "up";
    world.advance(5 * SECOND);
    await world.tick();
    expect([first?.taken, world.fleet.get("second")?.taken]).toEqual([[URL_1], []]);
  });

  test("goes elsewhere if the same downloader does not have it and refuses it", async () => {
    using world = await uncertainWorld("mute");
    const first = world.fleet.get("first");
    if (first) first.mode = "refuses";
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
  });

  test("is held for the full time again after a second call with an unknown outcome", async () => {
    using world = await uncertainWorld("mute");
    const first = world.fleet.get("first");
    if (first === undefined) throw new Error("No such downloader");
    await askedAt(world, 4 * MINUTE);
    // The downloader is back for a moment, does not have the link, is given it again, takes it and dies.
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

  test("costs no attempt while it is held, and one if nobody else takes it", async () => {
    using world = createWorld();
    world.server("only", { mode: "mute" });
    const { id } = await world.due(URL_1);
    await world.tick();
    await askedAt(world, 4 * MINUTE);
    expect(world.link(id)).toMatchObject({ state: "uncertain", attempts: 0 });
    await askedAt(world, MINUTE);
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 1, lastError: { reason: "silent" } });
  });

  test("is not held longer if the clock jumps back meanwhile", async () => {
    using world = await uncertainWorld("mute");
    world.advance(-365 * 24 * 60 * MINUTE);
    world.store.links.bringBack({ now: world.now, latest: world.now + 3 * 24 * 60 * MINUTE, limit: 9 });
    await askedAt(world, 6 * MINUTE);
    expect(world.fleet.get("second")?.taken).toEqual([URL_1]);
  });

  test("is superseded at the silent downloader once another one is tried", async () => {
    using world = await uncertainWorld("takes then dies");
    await askedAt(world, 5 * MINUTE);
    expect(world.store.supersededSubmissions.of("first")).toMatchObject([{ downloader: "first" }]);
  });
});

describe("a link whose call is unanswered and that is not listed (reliability.md §2.4)", () => {
  /** A link that `first` was given without answering, and that `second` could take too. */
  async function missingWorld(mode: "late" | "forgets") {
    const world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode });
    const second = world.server("second");
    const { id } = await world.due(URL_1);
    await world.tick();
    expect([first.submissions.length, second.calls, world.link(id).state]).toEqual([1, [], "uncertain"]);
    return Object.assign(world, { id, first, second });
  }

  test("is found if the call is carried out within five seconds, and goes nowhere else", async () => {
    using world = await missingWorld("late");
    world.first.catchUp();
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
    expect(world.second.calls).toEqual([]);
  });

  test("is superseded there before another downloader is called", async () => {
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

  test("is asked about once more after a restart too", async () => {
    using world = await missingWorld("late");
    world.restart();
    world.first.catchUp();
    await world.tick();
    expect(world.store.deliveries.byLinkId(world.id)?.downloader).toBe("first");
    expect(world.second.calls).toEqual([]);
  });

  test("stays there while the list can no longer be read", async () => {
    using world = await missingWorld("forgets");
    world.first.mode = "mute";
    await askedAt(world, 4 * MINUTE);
    expect(world.second.calls).toEqual([]);
    await askedAt(world, 2 * MINUTE);
    expect(world.second.taken).toEqual([URL_1]);
  });

  test("costs an attempt if nobody else can take it", async () => {
    using world = createWorld();
    world.server("only", { mode: "late" });
    const { id } = await world.due(URL_1);
    await world.tick();
    world.advance(5 * SECOND);
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 1, lastError: { reason: "silent" } });
  });

  test("is asked about again after a later call, however long ago it was missing before", async () => {
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

describe("a link that was being handed over at a kill, and is not listed yet", () => {
  /** The state after the start. `isDuplicate`: the other downloader has the link for another chat. */
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

  test("is superseded at its downloader before another one is called, if that refuses it now", async () => {
    using world = await interruptedWorld();
    world.first.mode = "refuses";
    await world.tick();
    expect([world.second.taken, world.remembered()]).toEqual([[URL_1], ["x.org/1"]]);
  });

  test("is superseded at its downloader even if no other one can be called yet", async () => {
    using world = await interruptedWorld();
    world.bot.registry.exchanged("second", "unconnected");
    world.first.mode = "refuses";
    await world.tick();
    expect(world.store.supersededSubmissions.of("first").map(({ key }) => key)).toEqual(["x.org/1"]);
  });

  test("is superseded at its downloader if it goes to one that has it for another chat", async () => {
    using world = await interruptedWorld({ isDuplicate: true });
    await world.tick();
    expect([world.second.calls.length, world.remembered()]).toEqual([1, ["x.org/1"]]);
  });

  test("is not superseded if its downloader takes it now", async () => {
    using world = await interruptedWorld();
    world.first.mode = "up";
    await world.tick();
    expect([world.first.taken, world.second.calls]).toEqual([[URL_1], []]);
    expect(world.store.supersededSubmissions.of("first")).toEqual([]);
  });
});

test("a link that was missing while the clock was ahead is asked about again after an unanswered call", async () => {
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

  /** A link that `holder` has for another chat, and that `other` could take too. */
  async function heldWorld() {
    const world = createWorld();
    const holder = world.server("holder");
    await world.due(URL_1);
    await world.tick();
    const other = world.server("other");
    return Object.assign(world, { holder, other });
  }

  test("are sent in the holder's spelling, by which it recognises them", async () => {
    using world = await heldWorld();
    await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.holder.submissions.map(({ url }) => url)).toEqual([URL_1, URL_1]);
    expect(world.store.deliveries.since({ chatId: 2, acceptedAt: 0 })).toMatchObject([{ url: SAME }]);
  });

  test("are sent so even to a holder that is done, and in their own spelling to others if it refuses", async () => {
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
    "stay with a holder while its list cannot be read, after: %s",
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

  test("stay with a holder that is uncertain after a kill and silent for longer than the hold", async () => {
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

  test("go to a holder that got the other one while they were uncertain elsewhere", async () => {
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

  test("are asked about once more if the holder does not answer and does not list them", async () => {
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

  test.each(["down", "mute"] as const)("are not downloaded twice if the holder is now: %s", async (mode) => {
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

  test("do not follow a downloader that lost the link", async () => {
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

  test("go to the chosen downloader if the one that has the link has failed with it", async () => {
    using world = await heldWorld();
    const [failed] = world.store.deliveries.open("holder");
    world.store.deliveries.update(failed?.id ?? 0, { status: "NEW", trouble: "HTTP 403" });
    const { id } = await world.due(SAME, { chatId: 2 });
    world.bot.queue.change({ chatId: 2, role: "user" }, id, { downloader: "other" });
    await world.tick();
    expect([world.holder.submissions.length, world.other.taken]).toEqual([1, [SAME]]);
    // Somebody for whom it failed follows the one that has it now.
    await world.due(URL_1);
    await world.tick();
    expect(world.store.deliveries.openOf(1, keyOf(URL_1))?.downloader).toBe("other");
  });

  test("are not taken for delivered if the holder no longer has the link and refuses it", async () => {
    using world = createWorld();
    const holder = world.server("holder");
    await world.due(URL_1);
    await world.tick();
    // The holder has forgotten the link and refuses it, and there is no other downloader.
    holder.taken.length = 0;
    holder.mode = "refuses";
    const { id } = await world.due(SAME, { chatId: 2 });
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 1, lastError: { reason: "refused" } });
  });

  test("are delivered to a holder that refuses the link but has it", async () => {
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

  test("do not follow a removed downloader", async () => {
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

describe("a link that a downloader has already finished for another chat", () => {
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

  test("is not taken for accepted because of the old entry, and is given to it again", async () => {
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

  test("is not taken for accepted because of an entry from while the clock was ahead", async () => {
    const { world, first, link } = await finished({ agoMs: -60 * MINUTE });
    using _world = world;
    first.mode = "forgets";
    await world.tick();
    expect(world.link(link.id).state).toBe("uncertain");
  });

  test("is accepted, without another call, if the downloader took it and its answer was lost", async () => {
    const { world, first, link } = await finished();
    using _world = world;
    first.mode = "takes silently";
    await world.tick();
    expect(world.store.deliveries.byLinkId(link.id)?.downloader).toBe("first");
    expect(first.submissions).toHaveLength(2);
  });

  test("is accepted because of an entry that is too young to be the old one", async () => {
    const { world, first, link } = await finished({ agoMs: 10 * MINUTE });
    using _world = world;
    first.mode = "forgets";
    await world.tick();
    expect(world.store.deliveries.byLinkId(link.id)?.downloader).toBe("first");
    expect(first.submissions).toHaveLength(2);
  });

  test("is not taken for accepted when it bypasses the queue either", async () => {
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
