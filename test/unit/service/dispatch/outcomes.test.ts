import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { MINUTE, SETTINGS } from "../bot.ts";
import { storeFails } from "../fuse.ts";
import { createWorld, turn } from "../world.ts";

const URL_1 = "https://x.org/1";

describe("the ways a hand-over can end (reliability.md §2.3)", () => {
  test.each([
    ["up", { taken: 1, state: undefined, reason: undefined, attempts: 0 }],
    ["takes silently", { taken: 1, state: undefined, reason: undefined, attempts: 0 }],
    ["down", { taken: 0, state: "queued", reason: "unreachable", attempts: 0 }],
    ["refuses", { taken: 0, state: "queued", reason: "refused", attempts: 1 }],
    ["breaks", { taken: 0, state: "queued", reason: "refused", attempts: 1 }],
    ["takes then breaks", { taken: 1, state: undefined, reason: undefined, attempts: 0 }],
    ["incompatible", { taken: 0, state: "queued", reason: "incompatible", attempts: 1 }],
    ["forgets", { taken: 0, state: "uncertain", reason: undefined, attempts: 0 }],
    ["mute", { taken: 0, state: "uncertain", reason: undefined, attempts: 0 }],
    ["takes then dies", { taken: 1, state: "uncertain", reason: undefined, attempts: 0 }],
  ] as const)("the only downloader %s", async (mode, expected) => {
    using world = createWorld();
    const nas = world.server("nas", { mode });
    const { id } = await world.due(URL_1);
    await world.tick();
    const link = world.store.links.byId(id);
    expect({
      taken: nas.taken.length,
      state: link?.state,
      reason: link?.lastError?.reason,
      attempts: link?.attempts ?? 0,
    }).toEqual(expected);
    expect(world.store.deliveries.byLinkId(id) !== undefined).toBe(expected.state === undefined);
    expect(world.store.attempts.byLink(id) !== undefined).toBe(expected.state === "uncertain");
  });

  test.each([
    ["down", 1],
    ["refuses", 1],
    ["breaks", 1],
    ["takes then breaks", 0],
    ["incompatible", 1],
    ["forgets", 0],
    ["mute", 0],
    ["takes then dies", 0],
    ["takes silently", 0],
  ] as const)("after a downloader in the mode %s, another one gets %i", async (mode, downloads) => {
    using world = createWorld({ random: () => 0.99 });
    world.server("first", { mode });
    const second = world.server("second");
    await world.due(URL_1);
    await world.tick();
    expect(world.fleet.get("first")?.submissions).toHaveLength(1);
    expect(second.taken).toHaveLength(downloads);
  });

  test.each([
    ["first", 0.99],
    ["last", 0],
  ] as const)("the reason names the downloader that refused (tried %s), not the unreachable one", async (_, random) => {
    using world = createWorld({ random: () => random });
    world.server("a", { mode: "refuses" });
    const other = world.server("b", { mode: "down" });
    const { id } = await world.due(URL_1);
    await world.tick();
    expect(other.submissions).toHaveLength(1);
    expect(world.link(id)).toMatchObject({ attempts: 1, lastError: { reason: "refused", downloader: "a" } });
  });

  test("a link that the downloader already has is accepted, and not begun twice", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    nas.taken.push(URL_1);
    const { id } = await world.due(URL_1);
    await world.tick();
    expect(nas.taken).toEqual([URL_1]);
    expect(world.store.deliveries.byLinkId(id)?.downloader).toBe("nas");
  });
});

describe("postponing (rule 5)", () => {
  test("requeues the link with the error, later each time, up to the cap", async () => {
    using world = createWorld();
    world.server("nas", { mode: "refuses" });
    const { id } = await world.due(URL_1);
    const waits: number[] = [];
    for (let attempts = 1; attempts < SETTINGS.maxAttempts; attempts++) {
      await world.tick();
      const link = world.link(id);
      expect(link).toMatchObject({ state: "queued", attempts, lastError: { reason: "refused", downloader: "nas" } });
      waits.push(link.sendAt - world.now);
      world.now = link.sendAt;
    }
    for (const [doublings, wait] of waits.entries()) {
      const exact = Math.min(MINUTE * 2 ** doublings, 360 * MINUTE);
      expect(wait).toBeGreaterThanOrEqual(exact * 0.8 - 1);
      expect(wait).toBeLessThanOrEqual(Math.min(exact * 1.2, 360 * MINUTE));
    }
  });

  test("ends as failed after the last attempt, and sendNow() starts over", async () => {
    using world = createWorld({ settings: { maxAttempts: 2 } });
    const nas = world.server("nas", { mode: "refuses" });
    const { id } = await world.due(URL_1);
    await world.tick();
    world.advance(2 * MINUTE);
    await world.tick();
    expect(world.link(id)).toMatchObject({ state: "failed", attempts: 2, lastError: { reason: "refused" } });
    expect(world.bot.events.map(({ kind }) => kind)).toEqual(["postponed", "failed"]);
    const told = world.store.news.untold({ chatId: world.link(id).chatId, threadId: null }, 9);
    expect(told).toMatchObject([{ kind: "failed", link: { id, lastError: { says: "no space" } } }]);
    world.advance(1000 * MINUTE);
    await world.tick();
    expect(nas.calls).toHaveLength(2);
    expect(world.bot.queue.sendNow({ chatId: 1, role: "user" }, id)).toMatchObject({ kind: "changed" });
    expect(world.link(id)).toMatchObject({ state: "queued", attempts: 0, sendAt: world.now });
    nas.mode = "up";
    await world.tick();
    expect(nas.taken).toEqual([URL_1]);
  });

  test("sends what the owner chose while the link waited", async () => {
    using world = createWorld();
    world.server("nas", { mode: "refuses" });
    const { id } = await world.due(URL_1, { quality: 720 });
    await world.tick();
    world.bot.queue.change({ chatId: 1, role: "user" }, id, { quality: 480 });
    world.now = world.link(id).sendAt;
    await world.tick();
    expect(world.fleet.get("nas")?.submissions.map(({ maxQuality }) => maxQuality)).toEqual([720, 480]);
  });
});

describe("while the database cannot be used", () => {
  test.each(["up", "refuses", "mute"] as const)(
    "the outcome of the mode %s is stored by a later tick, without a second call",
    async (mode) => {
      using world = createWorld();
      const nas = world.server("nas", { mode });
      const { id } = await world.due(URL_1);
      world.watcher = (name) => {
        if (name === "answer of nas") world.watcher = storeFails;
      };
      await world.tick();
      const submits = () => nas.calls.filter(({ method }) => method === "submit").length;
      expect([world.link(id).state, submits(), world.bot.events.length]).toEqual(["sending", 1, 0]);
      await world.tick();
      world.watcher = () => {};
      await world.tick();
      const written = { up: undefined, refuses: "queued", mute: "uncertain" } as const;
      expect(world.store.links.byId(id)?.state).toBe(written[mode]);
      expect([submits(), world.bot.events.length]).toEqual([1, 1]);
    },
  );

  test("nothing is claimed until every outcome is stored", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    await world.due(URL_1);
    world.watcher = (name) => {
      if (name === "deliveries.add") throw new StoreUnavailable("SQLITE_FULL");
    };
    await world.tick();
    await world.due("https://x.org/2");
    await world.tick();
    expect(nas.taken).toHaveLength(1);
    world.watcher = () => {};
    await world.tick();
    expect(nas.taken).toHaveLength(2);
    expect(world.store.links.count({})).toBe(0);
  });

  test("an outcome that a bug keeps from being stored does not affect others, and is asked for later", async () => {
    using world = createWorld();
    const nas = world.server("nas", { mode: "hangs" });
    await world.due(URL_1);
    await world.due("https://x.org/2");
    await world.tick();
    world.watcher = storeFails;
    nas.mode = "up";
    nas.release();
    await turn();
    let isFirst = true;
    world.watcher = (name) => {
      if (name !== "deliveries.add" || !isFirst) return;
      isFirst = false;
      throw new TypeError("a bug");
    };
    await world.tick();
    world.watcher = () => {};
    await world.tick();
    expect(world.store.deliveries.since({ acceptedAt: 0 })).toHaveLength(1);
    expect(world.store.links.beingHandedOver()).toMatchObject([{ state: "uncertain" }]);
    world.advance(MINUTE);
    await world.tick();
    expect(world.store.deliveries.since({ acceptedAt: 0 })).toHaveLength(2);
    expect(nas.taken).toHaveLength(2);
  });
});
