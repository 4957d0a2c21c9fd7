import { expect, test } from "bun:test";
import { createWorkPace } from "../../../../src/telegram/notify/work-pace.ts";
import { createClock } from "../../../support/clock.ts";
import { turn } from "../../service/world.ts";

const CHATS = Array.from({ length: 200 }, (_, nth) => nth + 1);

/** Links that come in all chats every 100 ms for ten seconds, and how often each chat may be shown meanwhile. */
async function rush(chats: readonly number[]) {
  const clock = createClock();
  const shown = new Map<number, number>();
  const pace = createWorkPace({
    now: clock.now,
    wait: clock.wait,
    gatherWait: clock.wait,
    over: (chatId) => shown.set(chatId, (shown.get(chatId) ?? 0) + 1),
  });
  for (let ms = 0; ms < 10_000; ms += 100) {
    for (const chatId of chats) pace.came(chatId);
    clock.advance(100);
    await turn();
  }
  return { pace, clock, shown };
}

test("while links come in a few chats, each is shown every two seconds", async () => {
  const { shown } = await rush(CHATS.slice(0, 5));
  expect([...shown.values()]).toEqual([5, 5, 5, 5, 5]);
});

test("while links come in many chats, all of them together take about twenty calls a second", async () => {
  const { shown } = await rush(CHATS);
  const calls = [...shown.values()].reduce((sum, times) => sum + times, 0);
  expect(calls).toBeGreaterThan(100);
  expect(calls).toBeLessThan(400);
});

test("once all links are handed over, none of many chats waits for the others", async () => {
  const { pace, clock, shown } = await rush(CHATS);
  shown.clear();
  pace.allHandedOver();
  for (let turns = 0; turns < CHATS.length; turns += 1) await turn();
  clock.advance(200);
  for (let turns = 0; turns < CHATS.length; turns += 1) await turn();
  expect(CHATS.filter((chatId) => !shown.has(chatId) && pace.isGathering(chatId))).toEqual([]);
});
