import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { storeFails } from "../fuse.ts";
import { createTracked } from "../tracked.ts";

const MANY = 250;

/** A downloader that has finished all its links. */
function createLong() {
  const world = createTracked();
  const urls = Array.from({ length: MANY }, (_, index) => `https://x.org/${index}`);
  for (const url of urls) world.delivers({ url });
  world.has("nas", ...urls.map((url) => ({ url, status: "DONE" as const })));
  return world;
}

/** Waits until a look reports its events; `between` runs in each turn of the event loop. */
async function looked(world: ReturnType<typeof createTracked>, between = () => {}): Promise<void> {
  const before = world.told.length;
  await world.tracker.tick();
  while (world.told.length === before) {
    between();
    await setImmediate();
  }
}

describe("a look at a long list", () => {
  test("is stored in slices while the event loop turns, and reported as one", async () => {
    using world = createLong();
    let noted = 0;
    world.watcher = (name) => {
      if (name === "transaction") noted += 1;
    };
    const inTurns: number[] = [];
    await looked(world, () => void inTurns.push(noted));
    expect(world.told.map((events) => events.length)).toEqual([MANY]);
    expect(world.store.deliveries.open()).toEqual([]);
    expect(inTurns).toEqual(expect.arrayContaining([1, 2]));
  });

  test("ignores a link that was cancelled during the look", async () => {
    using world = createLong();
    const last = world.store.deliveries.open().at(-1)?.id ?? 0;
    await looked(world, () => world.store.deliveries.update(last, { state: "removed", closedAt: world.now }));
    expect(world.told.flat()).toHaveLength(MANY - 1);
    expect(world.delivery(last).state).toBe("removed");
  });

  test("reports what could be stored, and the rest at the next look", async () => {
    using world = createLong();
    let noted = 0;
    world.watcher = (name) => {
      if (name !== "transaction") return;
      noted += 1;
      if (noted === 2) storeFails(name);
    };
    await looked(world);
    const first = world.told.flat().length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(MANY);
    expect(world.store.deliveries.open()).toHaveLength(MANY - first);
    while (world.told.length < 2) await world.ticks();
    const ids = world.told.flat().map(({ delivery }) => delivery.id);
    expect(new Set(ids).size).toBe(MANY);
    expect(ids).toHaveLength(MANY);
  });

  test("ends at a stop", async () => {
    using world = createLong();
    await looked(world, () => {
      if (world.store.deliveries.open().length < MANY) world.tracker.stop();
    });
    const noted = world.told.flat().length;
    expect(noted).toBeGreaterThan(0);
    expect(noted).toBeLessThan(MANY);
    expect(world.store.deliveries.open()).toHaveLength(MANY - noted);
  });
});
