import { describe, expect, test } from "bun:test";
import { createChatQueues } from "../../../../src/telegram/outbox/chat-queues.ts";
import type { Outgoing, Priority } from "../../../../src/telegram/outbox/send-result.ts";

const call = (chatId: number, priority: Priority = "prompt"): Outgoing => ({
  chatId,
  priority,
  key: undefined,
  queuedAt: 0,
  omissions: new Set(),
  extras: new Set(),
  attempt: async () => undefined,
  unchanged: () => undefined,
  fail: () => undefined,
});

describe("the chats' queues", () => {
  test("check one chat for each call even when a thousand chats wait", () => {
    const queues = createChatQueues();
    for (let chatId = 1; chatId <= 1_000; chatId += 1) queues.add(call(chatId));
    let looks = 0;
    const isHeld = () => {
      looks += 1;
      return false;
    };
    const taken = Array.from({ length: 1_000 }, () => queues.take(isHeld)?.outgoing.chatId);
    expect(taken).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect(looks).toBe(1_000);
  });

  test("give each chat its turn when all calls are equally urgent", () => {
    const queues = createChatQueues();
    for (const chatId of [1, 1, 1, 2]) queues.add(call(chatId));
    const order: number[] = [];
    for (let taken = queues.take(() => false); taken !== undefined; taken = queues.take(() => false)) {
      order.push(taken.queue.chatId);
      queues.release(taken.queue);
    }
    expect(order).toEqual([1, 2, 1, 1]);
  });

  test("let a less urgent call pass one that is held, after the more urgent calls of other chats", () => {
    const queues = createChatQueues();
    for (const outgoing of [call(1, "answer"), call(1, "cleanup"), call(2, "notice")]) queues.add(outgoing);
    const isHeld = (chatId: number, { priority }: Outgoing) => chatId === 1 && priority === "answer";
    const priorities = [queues.take(isHeld), queues.take(isHeld), queues.take(isHeld)].map(
      (taken) => taken?.outgoing.priority,
    );
    expect(priorities).toEqual(["notice", "cleanup", undefined]);
  });

  test("remember a chat's failures as long as a call of it runs or waits", () => {
    const queues = createChatQueues();
    queues.add(call(1));
    const taken = queues.take(() => false);
    if (taken === undefined) throw new Error("Nothing waits");
    taken.queue.failures = 3;
    queues.putBack(taken);
    queues.pause(taken.queue, true);
    queues.release(taken.queue);
    expect(queues.take(() => false)).toBeUndefined();
    queues.pause(taken.queue, false);
    expect(queues.take(() => false)?.queue.failures).toBe(3);
    queues.release(taken.queue);
    queues.add(call(1));
    expect(queues.take(() => false)?.queue.failures).toBe(0);
  });
});
