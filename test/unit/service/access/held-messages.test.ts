import { expect, test } from "bun:test";
import { createMessageHold, MOST_HELD_LINKS } from "../../../../src/service/access/held-messages.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld } from "../world.ts";

const [EVE, MAX] = [666, 667];
const DAY = 24 * 3_600_000;

function createDesk() {
  const world = createWorld();
  const { heldMessages } = watched(world.store, (name) => world.watcher(name));
  const members = new Set<number>();
  const access = { roleOf: ({ chatId }: { chatId: number }) => (members.has(chatId) ? "user" : "nobody") } as const;
  const hold = createMessageHold({ heldMessages, access, now: () => world.now, log: createRecordingLog() });
  const sent = (messageId: number, links = 1, chatId = EVE) => ({ chatId, messageId, links, content: { messageId } });
  return { ...hold, world, members, sent, [Symbol.dispose]: () => world[Symbol.dispose]() };
}

test("a stranger's messages are due once he is let in, in their order, until they are dropped", () => {
  using desk = createDesk();
  for (const messageId of [2, 1]) expect(desk.hold(desk.sent(messageId))).toBe(true);
  desk.hold(desk.sent(1, 1, MAX));
  expect(desk.due()).toEqual([]);
  desk.members.add(EVE);
  const [first, second] = desk.due();
  expect([first, second]).toMatchObject([{ messageId: 1, content: { messageId: 1 } }, { messageId: 2 }]);
  if (first !== undefined) desk.drop(first);
  expect(desk.due()).toEqual(second === undefined ? [] : [second]);
});

test("at most twenty links of a stranger are held, and a repeated message counts once", () => {
  using desk = createDesk();
  expect(desk.hold(desk.sent(1, MOST_HELD_LINKS - 1))).toBe(true);
  expect(desk.hold(desk.sent(1, MOST_HELD_LINKS - 1))).toBe(true);
  expect([desk.hold(desk.sent(2, 2)), desk.hold(desk.sent(3)), desk.hold(desk.sent(4))]).toEqual([false, true, false]);
  expect(desk.hold(desk.sent(4, 1, MAX))).toBe(true);
  expect(desk.hold({ ...desk.sent(5, 1, 668), content: "x".repeat(40_000) })).toBe(false);
});

test("an edit changes its held message, and does not add one", () => {
  using desk = createDesk();
  desk.hold(desk.sent(1));
  desk.renew({ ...desk.sent(1, 2), content: "corrected" });
  desk.renew(desk.sent(2));
  desk.members.add(EVE);
  expect(desk.due()).toMatchObject([{ messageId: 1, links: 2, content: "corrected" }]);
});

test("held messages are deleted when the stranger is refused, and after a month", () => {
  using desk = createDesk();
  desk.hold(desk.sent(1));
  desk.hold(desk.sent(1, 1, MAX));
  desk.dropAll(EVE);
  for (const id of [EVE, MAX]) desk.members.add(id);
  expect(desk.due()).toMatchObject([{ chatId: MAX }]);
  desk.world.advance(30 * DAY + 1);
  desk.forget();
  expect(desk.due()).toEqual([]);
});

test("while the database cannot be used, nothing is held and nothing is thrown", () => {
  using desk = createDesk();
  desk.hold(desk.sent(1));
  desk.members.add(EVE);
  desk.world.watcher = storeFails;
  expect([desk.hold(desk.sent(2)), desk.due()]).toEqual([false, []]);
  desk.dropAll(EVE);
  desk.world.watcher = () => {};
  expect(desk.due()).toHaveLength(1);
});
