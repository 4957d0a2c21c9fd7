import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../src/domain/storage.ts";
import { seeded } from "../support/seeded.ts";
import { MINUTE, SECOND } from "../unit/service/bot.ts";
import type { Mode } from "../unit/service/fleet.ts";
import { isStoreCall } from "../unit/service/fuse.ts";
import { createWorld, Killed, type World } from "../unit/service/world.ts";

const URL_1 = "https://x.org/1";
const URL_2 = "https://x.org/2";

/** Kills the bot at the n-th call from now on to the store or a downloader; the result tells whether that came. */
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

describe("a crash at the N-th call to the store or a downloader, for every N,", () => {
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

test("a failure of the N-th access to the store, for every N, loses nothing and sends nothing twice", async () => {
  for (let nth = 1; ; nth++) {
    using world = createWorld({ random: seeded(nth) });
    world.server("one", { mode: "refuses" });
    world.server("two");
    world.server("three");
    await world.due(URL_1);
    await world.due(URL_1, { chatId: 2 });
    let count = 0;
    world.watcher = (name) => {
      if (isStoreCall(name) && ++count === nth) throw new StoreUnavailable("SQLITE_IOERR_WRITE");
    };
    for (let ticks = 0; ticks < 12; ticks++) {
      await world.tick();
      world.advance(30 * SECOND);
    }
    expect([nth, world.downloads(URL_1), world.store.links.count({})]).toEqual([nth, 1, 0]);
    expect(world.store.deliveries.since({ acceptedAt: 0 })).toHaveLength(2);
    if (count < nth) break;
  }
});
