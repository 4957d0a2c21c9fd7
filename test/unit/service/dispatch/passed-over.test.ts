import { expect, test } from "bun:test";
import { createPassedOver } from "../../../../src/service/dispatch/passed-over.ts";

const ANN = 1;
const BOB = 2;
const everybody = () => true;

test("of a chat's links, the one that has been due longest and could go now is the first", () => {
  const passed = createPassedOver();
  passed.add({ chatId: ANN, sendAt: 1, id: 10 }, ["nas"]);
  passed.add({ chatId: ANN, sendAt: 2, id: 7 }, ["abroad", "attic"]);
  passed.add({ chatId: ANN, sendAt: 2, id: 8 }, ["attic", "abroad"]);
  passed.add({ chatId: ANN, sendAt: 3, id: 6 }, ["nas"]);
  expect(passed.takeFirst(ANN, (name) => name === "attic")).toEqual({ sendAt: 2, id: 7 });
  const rest = [1, 2, 3, 4].map(() => passed.takeFirst(ANN, everybody)?.id);
  expect([rest, passed.count]).toEqual([[10, 8, 6, undefined], 0]);
});

test("chats that wait for the same downloaders take turns", () => {
  const passed = createPassedOver();
  for (const chatId of [ANN, BOB]) {
    for (const id of [1, 2]) passed.add({ chatId, sendAt: 1, id: id * 10 + chatId }, ["nas"]);
  }
  const taken: number[] = [];
  for (let [chatId] = passed.chats(everybody); chatId !== undefined; [chatId] = passed.chats(everybody)) {
    taken.push(passed.takeFirst(chatId, everybody)?.id ?? 0);
  }
  expect(taken).toEqual([11, 12, 21, 22]);
  expect([...passed.chats(everybody)]).toEqual([]);
});

test("chats are named while one of their links could go", () => {
  const passed = createPassedOver();
  passed.add({ chatId: ANN, sendAt: 1, id: 1 }, ["nas"]);
  passed.add({ chatId: BOB, sendAt: 1, id: 2 }, ["nas", "abroad"]);
  expect([...passed.chats((name) => name === "abroad")]).toEqual([BOB]);
  expect([...passed.chats(() => false)]).toEqual([]);
});

test("the last link of a chat is the one that stands behind all others, whether it was taken or not", () => {
  const passed = createPassedOver();
  passed.add({ chatId: ANN, sendAt: 2, id: 3 }, ["nas"]);
  passed.add({ chatId: ANN, sendAt: 1, id: 9 }, ["nas"]);
  passed.takeFirst(ANN, everybody);
  expect([passed.lastOf(ANN), passed.lastOf(BOB)]).toEqual([{ sendAt: 2, id: 3 }, undefined]);
  passed.clear();
  expect([passed.lastOf(ANN), passed.count, [...passed.chats(everybody)]]).toEqual([undefined, 0, []]);
});
