import { expect, test } from "bun:test";
import type { Link } from "../../../../src/domain/link.ts";
import type { Arrival } from "../../../../src/service/queue/enqueue.ts";
import { SECOND } from "../bot.ts";
import { BOB, createWorld, type World } from "../world.ts";

const BURST = { settings: { burstMs: 5 * SECOND } };
const FROM_ANN = { senderId: 1 };

async function queued(world: World, url: string, of: Partial<Arrival> = FROM_ANN): Promise<Link> {
  const [one] = await world.enqueue(`https://x.org/${url}`, of);
  if (one?.kind !== "queued") throw new Error(`Not added to the queue: ${JSON.stringify(one)}`);
  return one.link;
}

test("messages within seconds of each other share a prompt, and a later one begins another", async () => {
  using world = createWorld(BURST);
  const first = await queued(world, "1");
  world.bot.prompts.adopt(first, 70);
  world.advance(5 * SECOND);
  const second = await queued(world, "2");
  world.advance(5 * SECOND);
  const third = await queued(world, "3");
  world.advance(5 * SECOND + 1);
  const fourth = await queued(world, "4");
  expect([first, second, third, fourth].map(({ batchId }) => batchId)).toEqual([null, first.id, first.id, null]);
  // The prompt does not show the second link yet.
  expect(second).toMatchObject({ promptId: 70, promptedAt: null });
});

test("messages share a prompt too while Telegram accepts none", async () => {
  using world = createWorld(BURST);
  const first = await queued(world, "1");
  world.advance(50 * SECOND);
  expect((await queued(world, "2")).batchId).toBe(first.id);
  world.advance(61 * SECOND);
  expect((await queued(world, "3")).batchId).toBeNull();
});

test("other people, topics and chats, and links by HTTP have prompts of their own", async () => {
  using world = createWorld(BURST);
  await queued(world, "1", { senderId: 1, threadId: 4 });
  const others = [
    await queued(world, "2", { senderId: 2, sender: "bob", threadId: 4 }),
    await queued(world, "3", { senderId: 1, threadId: 5 }),
    await queued(world, "4", { senderId: 1, threadId: null }),
    await queued(world, "5", { senderId: 1, threadId: 4, chatId: BOB }),
    await queued(world, "6", { threadId: 4, messageId: null }),
  ];
  expect(others.map(({ batchId }) => batchId)).toEqual([null, null, null, null, null]);
});

test("a burst ends if its prompt would be too long or is too old", async () => {
  using world = createWorld(BURST);
  const many = Array.from({ length: 99 }, (_, nth) => `https://x.org/${nth}`);
  await world.enqueue(many, FROM_ANN);
  const first = world.store.links.newest({ before: 99, limit: 99 }).at(-1);
  expect((await queued(world, "last")).batchId).toBe(first?.id ?? 0);
  expect((await queued(world, "too many")).batchId).toBeNull();
  world.advance(60 * SECOND);
  const old = await queued(world, "old");
  world.store.links.setPrompt(old.id, { promptId: 70, promptedAt: world.now - 600 * SECOND });
  expect((await queued(world, "after it")).batchId).toBeNull();
});

test("links that an edit adds join their message's batch, but none joins a removed link", async () => {
  using world = createWorld(BURST);
  const first = await queued(world, "1", { messageId: 7, ...FROM_ANN });
  world.advance(60 * SECOND);
  expect((await queued(world, "2", { messageId: 7, isEdit: true, ...FROM_ANN })).batchId).toBe(first.id);
  world.advance(61 * SECOND);
  const removed = await queued(world, "3");
  world.bot.queue.remove({ chatId: removed.chatId, role: "user" }, removed.id);
  expect((await queued(world, "4")).batchId).toBeNull();
});

test("no link joins one from while the clock was ahead, which does not prevent a burst either", async () => {
  using world = createWorld(BURST);
  await queued(world, "1");
  world.advance(-3_600 * SECOND);
  const first = await queued(world, "2");
  expect(first.batchId).toBeNull();
  expect((await queued(world, "3")).batchId).toBe(first.id);
});
