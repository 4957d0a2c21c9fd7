import { expect, test } from "bun:test";
import { openStore } from "../../../../src/store/store.ts";
import { createPlace, writeDatabase } from "../../store/place.ts";
import { isStoreCall } from "../fuse.ts";
import { createWorld } from "../world.ts";

/** The store calls of one tick with so many due links, and how many links it hands over. */
async function tickAmong(links: number) {
  using place = createPlace();
  writeDatabase(place.path, links);
  using world = createWorld({ store: openStore(place.path) });
  // The calls last longer than the tick.
  let handed = 0;
  world.server("nas").submit = () => {
    handed += 1;
    return new Promise(() => {});
  };
  const calls: string[] = [];
  world.watcher = (name) => isStoreCall(name) && calls.push(name);
  await world.tick();
  return { calls, handed, claimed: world.store.links.beingHandedOver().length };
}

test("a tick makes as many store calls for 100,000 due links as for a hundred", async () => {
  const few = await tickAmong(100);
  expect([few.claimed, few.handed]).toEqual([16, 16]);
  expect(few.calls.length).toBeGreaterThan(16);
  expect(await tickAmong(100_000)).toEqual(few);
});
