import { expect, test } from "bun:test";
import { createShownLists } from "../../../../src/telegram/commands/shown-lists.ts";

const ANN = { chatId: 1, role: "user" } as const;
const BOB = { chatId: 2, role: "user" } as const;

/** Shown lists over links that the test decides. */
function scene(ids: readonly number[]) {
  const queue = { ids };
  return { queue, lists: createShownLists(() => [...queue.ids]) };
}

test("a list keeps the links that it showed, and belongs to its chat and part only", () => {
  const { queue, lists } = scene([1, 2]);
  const { list, count } = lists.show(ANN, "waiting");
  expect(count).toBe(2);
  queue.ids = [2, 3];
  expect(lists.idsOf(ANN, "waiting", list)).toEqual([1, 2]);
  expect(lists.idsOf(ANN, "failed", list)).toBeUndefined();
  expect(lists.idsOf(BOB, "waiting", list)).toBeUndefined();
});

test("a list from before a restart is known as long as its links have not changed", () => {
  const { queue, lists } = scene([1, 2]);
  const { list } = createShownLists(() => [1, 2]).show(ANN, "waiting");
  expect(lists.idsOf(ANN, "waiting", list)).toEqual([1, 2]);
  queue.ids = [1, 2, 3];
  expect(lists.idsOf(ANN, "waiting", list)).toBeUndefined();
});

test("of many long lists the oldest are forgotten first; showing one again renews it", () => {
  const { queue, lists } = scene([]);
  const long = (n: number) => Array.from({ length: 200_000 }, (_, index) => n * 200_000 + index + 1);
  const show = (n: number) => {
    queue.ids = long(n);
    return lists.show(ANN, "waiting").list;
  };
  const [first, second] = [show(0), show(1)];
  expect(show(0)).toBe(first);
  const third = show(2);
  queue.ids = [];
  const known = [first, second, third].map((list) => lists.idsOf(ANN, "waiting", list) !== undefined);
  expect(known).toEqual([true, false, true]);
});
