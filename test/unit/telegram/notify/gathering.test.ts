import { expect, test } from "bun:test";
import { createGathering } from "../../../../src/telegram/notify/gathering.ts";
import { createClock } from "../../../support/clock.ts";
import { turn } from "../../service/world.ts";

function createScene() {
  const clock = createClock();
  const told: string[] = [];
  const gathering = createGathering({
    quietMs: 200,
    mostMs: (chatId) => (chatId < 0 ? 600 : 400),
    crowdMs: (chats) => Math.max(0, chats - 3) * 500,
    wait: clock.wait,
    over: (chatId, { isAll }) => void told.push(`${chatId} ${isAll ? "all" : "some"}`),
  });
  const passes = async (ms: number) => {
    clock.advance(ms);
    await turn();
    return told.splice(0);
  };
  return { gathering, passes };
}

test("gathering ends once nothing more comes", async () => {
  const { gathering, passes } = createScene();
  gathering.came(1);
  expect([gathering.isUnderWay(1), gathering.isUnderWay(2)]).toEqual([true, false]);
  expect(await passes(199)).toEqual([]);
  gathering.came(1);
  expect(await passes(1)).toEqual([]);
  expect(await passes(200)).toEqual(["1 all"]);
  expect(gathering.isUnderWay(1)).toBe(false);
  expect(await passes(1_000)).toEqual([]);
});

test("gathering ends after a while although more keeps coming, in each chat separately", async () => {
  const { gathering, passes } = createScene();
  const told: string[] = [];
  for (let nth = 0; nth < 4; nth += 1) {
    gathering.came(1);
    gathering.came(-5);
    await turn();
    gathering.came(1);
    gathering.came(-5);
    told.push(...(await passes(200)));
  }
  expect(told).toEqual(["1 some", "-5 some", "1 some"]);
});

test("ending it reports at once what was gathered in the chosen chats; later events are gathered anew", async () => {
  const { gathering, passes } = createScene();
  for (const chatId of [1, 1, 2, -5]) gathering.came(chatId);
  gathering.end((chatId) => chatId !== 2);
  expect(await passes(0)).toEqual(["1 all", "-5 all"]);
  expect(await passes(200)).toEqual(["2 all"]);
  gathering.came(1);
  expect(await passes(199)).toEqual([]);
  expect(await passes(1)).toEqual(["1 all"]);
});

test("while more comes in many chats, each gathers longer, the longer the more there are", async () => {
  const { gathering, passes } = createScene();
  for (const chatId of [1, 2, 3, 4, 5]) gathering.came(chatId);
  expect(await passes(200)).toEqual(["1 all", "2 all", "3 all"]);
  for (const chatId of [4, 5]) gathering.came(chatId);
  expect(await passes(300)).toEqual([]);
  expect(await passes(200)).toEqual(["4 all"]);
  expect(await passes(300)).toEqual([]);
  expect(await passes(200)).toEqual(["5 all"]);
});

test("once no more is on its way, nobody waits for the other chats: the chosen ones are told at once, the others when they are quiet", async () => {
  const { gathering, passes } = createScene();
  for (const chatId of [1, 2, 3, 4, 5, 6]) gathering.came(chatId);
  gathering.end((chatId) => chatId === 5);
  expect(await passes(0)).toEqual(["5 all"]);
  expect(await passes(200)).toEqual(["1 all", "2 all", "3 all", "4 all", "6 all"]);
});

test("chats that become quiet at the same moment let other events in between", async () => {
  const { gathering, passes } = createScene();
  for (let chatId = 1; chatId <= 300; chatId += 1) gathering.came(chatId);
  gathering.end(() => false);
  await passes(0);
  const told = [(await passes(200)).length];
  while (gathering.isUnderWay(300)) told.push((await passes(0)).length);
  expect(told.length).toBeGreaterThan(5);
  expect(told.reduce((sum, n) => sum + n)).toBe(300);
});

test("ending hundreds of chats lets other events in between", async () => {
  const { gathering, passes } = createScene();
  const chats = Array.from({ length: 300 }, (_, nth) => nth + 1);
  for (const chatId of chats) gathering.came(chatId);
  gathering.end(() => true);
  const told: number[] = [];
  while (chats.some((chatId) => gathering.isUnderWay(chatId))) told.push((await passes(0)).length);
  expect(told.length).toBeGreaterThan(5);
  expect(told.reduce((sum, n) => sum + n)).toBe(300);
});

test("a stop ends the waits, and nothing is reported or gathered afterwards", async () => {
  const { gathering, passes } = createScene();
  gathering.came(1);
  gathering.stop();
  gathering.came(2);
  expect(await passes(400)).toEqual([]);
  expect(gathering.isUnderWay(2)).toBe(false);
});
