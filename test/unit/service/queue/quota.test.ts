import { expect, test } from "bun:test";
import { createCheckQuota } from "../../../../src/service/queue/quota.ts";
import { newLink } from "../../../support/links.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld } from "../world.ts";

const KEYS = ["x.org/new"];

/** The limit that each role exceeds with three links in the queue and one more. */
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
])("with the limits %p, and %p for guests, admin, user and guest exceed %p", (maxOpen, maxOpenGuest, told) => {
  expect(excessOf(maxOpen, maxOpenGuest)).toEqual(told);
});

test("duplicates do not count, and there is no limit while the links cannot be counted", () => {
  using world = createWorld();
  world.store.links.add(newLink());
  const { links } = watched(world.store, (name) => world.watcher(name));
  const check = createCheckQuota({ links, maxOpen: 1, maxOpenGuest: 1 });
  const guest = { chatId: 1, role: "guest" } as const;
  expect([check(guest, ["x.org/1"]), check(guest, KEYS)]).toEqual([undefined, { open: 1, most: 1 }]);
  // Of a message with both, only the new link counts.
  expect(check(guest, ["x.org/1", ...KEYS])).toEqual({ open: 1, most: 1 });
  const roomy = createCheckQuota({ links, maxOpen: 2, maxOpenGuest: 0 });
  expect(roomy(guest, ["x.org/1", ...KEYS])).toBeUndefined();
  world.watcher = storeFails;
  expect(check(guest, KEYS)).toBeUndefined();
});
