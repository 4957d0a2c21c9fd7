import { describe, expect, test } from "bun:test";
import { MINUTE, SECOND } from "./bot.ts";
import { createWorld, type World } from "./world.ts";

const URL_1 = "https://x.org/1";

async function live(world: World, forMs: number): Promise<void> {
  for (let past = 0; past < forMs; past += 10 * SECOND) {
    await world.tick();
    world.advance(10 * SECOND);
  }
}

describe("recover()", () => {
  test("asks the downloader that was about to be called before any other is tried", async () => {
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

  test("restarts the hold, since nobody could ask while the bot was down", async () => {
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

  test("queues a link again if no downloader was recorded for it", async () => {
    using world = createWorld();
    const nas = world.server("nas");
    const { id } = await world.due(URL_1);
    world.store.links.update(id, { state: "sending" });
    world.restart();
    expect(world.link(id)).toMatchObject({ state: "queued", sendAt: world.now, attempts: 0 });
    await world.tick();
    expect(nas.calls).toHaveLength(1);
  });

  test("does not change links in other states", async () => {
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

  test("keeps the registry, with each downloader's failures", async () => {
    using world = createWorld();
    world.server("nas", { mode: "down" });
    await world.due(URL_1);
    await world.tick();
    await world.tick();
    world.restart();
    expect(world.bot.registry.all()).toMatchObject([{ name: "nas", failures: 1, roots: ["*"] }]);
  });
});
