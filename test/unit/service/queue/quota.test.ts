import { expect, test } from "bun:test";
import { createCheckQuota } from "../../../../src/service/queue/quota.ts";
import { newLink } from "../../../support/links.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld } from "../world.ts";

const KEYS = ["x.org/new"];

/** What each role is told with three links in the queue and one more to come. */
function excessOf(maxOpen: number, maxOpenGuest: number) {
  const world = createWorld();
  for (const n of [1, 2, 3]) world.store.links.add(newLink({ url: `https://x.org/${n}` }));
  const check = createCheckQuota({ links: world.store.links, maxOpen, maxOpenGuest });
  const told = (["admin", "user", "guest"] as const).map((role) => check({ chatId: 1, role }, KEYS)?.most);
  world[Symbol.dispose]();
  return told;
}

test.each([
  [0, 0, [undefined, undefined, undefined]],
  [3, 0, [undefined, 3, 3]],
  [0, 3, [undefined, undefined, 3]],
  [2, 3, [undefined, 2, 2]],
  [4, 3, [undefined, undefined, 3]],
  [4, 4, [undefined, undefined, undefined]],
])("of %p links, and %p of a guest, admin, user and guest are refused by %p", (maxOpen, maxOpenGuest, told) => {
  expect(excessOf(maxOpen, maxOpenGuest)).toEqual(told);
});

test("links that are there already need no room, and while nobody can count everybody may", () => {
  using world = createWorld();
  world.store.links.add(newLink());
  const { links } = watched(world.store, (name) => world.watcher(name));
  const check = createCheckQuota({ links, maxOpen: 1, maxOpenGuest: 1 });
  const guest = { chatId: 1, role: "guest" } as const;
  expect([check(guest, ["x.org/1"]), check(guest, KEYS)]).toEqual([undefined, { open: 1, most: 1 }]);
  // Of a message with both only the new one needs room.
  expect(check(guest, ["x.org/1", ...KEYS])).toEqual({ open: 1, most: 1 });
  const roomy = createCheckQuota({ links, maxOpen: 2, maxOpenGuest: 0 });
  expect(roomy(guest, ["x.org/1", ...KEYS])).toBeUndefined();
  world.watcher = storeFails;
  expect(check(guest, KEYS)).toBeUndefined();
});
