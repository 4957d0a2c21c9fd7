import { describe, expect, test } from "bun:test";
import { seeded } from "../../support/seeded.ts";
import { MINUTE, SECOND } from "./bot.ts";
import type { Mode } from "./fleet.ts";
import { createWorld, Killed, type World } from "./world.ts";

const URL_1 = "https://x.org/1";
const URL_2 = "https://x.org/2";

/** Kills the bot at the n-th call from now on of the store or a downloader; says whether it came so far. */
function killAt(world: World, nth: number): () => boolean {
  let calls = 0;
  world.watcher = () => {
    if (++calls !== nth) return;
    world.kill();
    throw new Killed();
  };
  return () => calls >= nth;
}

async function unlessKilled(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

async function live(world: World, forMs: number): Promise<void> {
  for (let past = 0; past < forMs; past += 10 * SECOND) {
    await unlessKilled(() => world.tick());
    world.advance(10 * SECOND);
  }
}

describe("a crash at the N-th call of the store or a downloader, for every N", () => {
  test.each([
    ["up", "up", 0],
    ["refuses", "up", 0],
    ["down", "up", 4],
    ["takes silently", "up", 9],
    ["forgets", "up", 15],
  ] as const)("loses nothing and downloads nothing twice: %s, %s, again after %i", async (first, second, again) => {
    for (let nth = 1; ; nth++) {
      using world = createWorld({ random: seeded(nth) });
      world.server("one", { mode: first satisfies Mode });
      world.server("two", { mode: second satisfies Mode });
      world.server("three");
      const ids = [
        await world.due(URL_1, { messageId: 50 }),
        await world.due(URL_2),
        await world.due(URL_1, { chatId: 2 }),
      ].map(({ id }) => id);
      const came = killAt(world, nth);
      await live(world, 30 * SECOND);
      const wasKilled = came();
      world.watcher = () => {};
      if (wasKilled && again > 0) {
        killAt(world, again);
        await unlessKilled(() => world.restart());
        await live(world, 30 * SECOND);
        world.watcher = () => {};
      }
      if (wasKilled) world.restart();
      await live(world, 8 * MINUTE);

      expect([nth, world.downloads(URL_1), world.downloads(URL_2)]).toEqual([nth, 1, 1]);
      expect([nth, world.store.links.count({})]).toEqual([nth, 0]);
      for (const id of ids) {
        const holder = world.fleet.get(world.store.deliveries.byLinkId(id)?.downloader ?? "");
        expect([nth, holder?.taken.length]).not.toEqual([nth, 0]);
      }
      expect(world.store.deletions.dueOfOneChat(world.now, 9).map(({ messageId }) => messageId)).toContain(50);
      if (!wasKilled) break;
    }
  });
});

describe("recover()", () => {
  test("asks the downloader that was about to be called, before any other is tried", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "hangs" });
    const second = world.server("second");
    await world.due(URL_1);
    await world.tick();
    world.restart();
    first.mode = "up";
    await world.tick();
    expect(first.calls.map(({ method }) => method)).toEqual(["submit", "queue", "submit"]);
    expect(second.calls).toEqual([]);
    first.release();
    await world.tick();
    expect(world.downloads(URL_1)).toBe(1);
  });

  test("begins the hold anew, since nobody could ask while nobody ran", async () => {
    using world = createWorld({ random: () => 0.99 });
    const first = world.server("first", { mode: "hangs" });
    const second = world.server("second");
    await world.due(URL_1);
    await world.tick();
    world.advance(60 * MINUTE);
    world.restart();
    first.mode = "mute";
    await live(world, 4 * MINUTE);
    expect(second.calls).toEqual([]);
    await live(world, 2 * MINUTE);
    expect(second.taken).toEqual([URL_1]);
  });

  test("queues a link again that nobody had been recorded for", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    const { id } = await world.due(URL_1);
    world.store.links.update(id, { state: "sending" });
    world.restart();
    expect(world.link(id)).toMatchObject({ state: "queued", sendAt: world.now, attempts: 0 });
    await world.tick();
    expect(nas.calls).toHaveLength(1);
  });

  test("leaves everything else as it is", async () => {
    using world = createWorld();
    const states = ["queued", "unmatched", "failed"] as const;
    const before = [];
    for (const state of states) {
      const { id } = await world.due(`https://x.org/${state}`);
      before.push(world.store.links.update(id, { state, sendAt: 7 }));
    }
    world.restart();
    expect(world.store.links.page({ offset: 0, limit: 9 }).sort((a, b) => a.id - b.id)).toEqual(
      before.flatMap((link) => link ?? []),
    );
  });

  test("keeps the registry, with what each downloader was last", async () => {
    using world = createWorld();
    world.server("nas", { mode: "down" });
    await world.due(URL_1);
    await world.tick();
    await world.tick();
    world.restart();
    expect(world.bot.registry.all()).toMatchObject([{ name: "nas", failures: 1, roots: ["*"] }]);
  });
});
