import { expect, test } from "bun:test";
import { openStore } from "../../../../src/store/store.ts";
import { createPlace, writeDatabase } from "../../store/place.ts";
import { isStoreCall } from "../fuse.ts";
import { createWorld } from "../world.ts";

/** What one tick asks of the store when so many links are due, and how many of them it hands over. */
async function tickAmong(links: number) {
  using place = createPlace();
  writeDatabase(place.path, links);
  using world = createWorld({ store: openStore(place.path) });
  // Its calls go on for longer than the tick.
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

test("a tick asks as much of the store when 100,000 links are due as when a hundred are", async () => {
  const few = await tickAmong(100);
  expect([few.claimed, few.handed]).toEqual([16, 16]);
  expect(few.calls.length).toBeGreaterThan(16);
  expect(await tickAmong(100_000)).toEqual(few);
});
