import { expect, test } from "bun:test";
import { createOneByOne } from "../../../../src/telegram/notify/one-by-one.ts";

/** Work that ends when the test says so. */
function createWork() {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const oneByOne = createOneByOne((id) => {
    begun.push(id);
    return new Promise<void>((resolve) => ends.push(resolve));
  });
  const endOne = async () => {
    ends.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { oneByOne, begun, endOne };
}

test("thousands in one chat are one call at a time, and all of them come", async () => {
  const { oneByOne, begun, endOne } = createWork();
  const ids = Array.from({ length: 5_000 }, (_, at) => at);
  for (const id of ids) oneByOne.add(1, id);
  expect(begun).toEqual([0]);
  for (const _ of ids) await endOne();
  expect(begun).toEqual(ids);
});

test("a chat whose call hangs holds up no other", () => {
  const { oneByOne, begun } = createWork();
  for (const chatId of [1, 2, 3]) for (const id of [1, 2]) oneByOne.add(chatId, chatId * 10 + id);
  expect(begun).toEqual([11, 21, 31]);
});

test("a waiting id is not added twice; one that is being worked on is done again", async () => {
  const { oneByOne, begun, endOne } = createWork();
  for (const id of [1, 2, 2, 1]) oneByOne.add(1, id);
  for (let ended = 0; ended < 4; ended++) await endOne();
  expect(begun).toEqual([1, 2, 1]);
  oneByOne.add(1, 2);
  expect(begun).toEqual([1, 2, 1, 2]);
});
