import { describe, expect, test } from "bun:test";
import { createChatTail } from "../../../../src/telegram/outbox/chat-tail.ts";

const chat = { id: 1 };
const place = { chatId: 1, threadId: null };

describe("the latest messages of a chat", () => {
  test("are counted below a message, without those that were deleted", () => {
    const tail = createChatTail();
    for (const message_id of [3, 5, 6, 9]) tail.saw({ message_id, chat });
    tail.saw({ message_id: 5, chat });
    expect([tail.below(place, 4), tail.below(place, 9), tail.below({ ...place, chatId: 2 }, 1)]).toEqual([3, 0, 0]);
    tail.deleted(1, [6, 9, 77]);
    tail.deleted(2, [5]);
    expect(tail.below(place, 4)).toBe(1);
  });

  test("are counted in each topic separately; a reply outside of topics is in none", () => {
    const tail = createChatTail();
    tail.saw({ message_id: 3, chat, message_thread_id: 7, is_topic_message: true });
    tail.saw({ message_id: 4, chat, message_thread_id: 8, is_topic_message: true });
    tail.saw({ message_id: 5, chat, message_thread_id: 2 });
    expect([7, 8, 9, null].map((threadId) => tail.below({ chatId: 1, threadId }, 1))).toEqual([1, 1, 0, 1]);
  });

  test("are forgotten first for the topics in which nothing was said for longest", () => {
    const tail = createChatTail();
    const inTopic = (message_id: number, topic: number) =>
      tail.saw({ message_id, chat, message_thread_id: topic, is_topic_message: true });
    for (let topic = 1; topic <= 200; topic += 1) inTopic(topic, topic);
    inTopic(201, 1);
    inTopic(202, 201);
    expect([1, 2, 3, 201].map((threadId) => tail.below({ chatId: 1, threadId }, 0))).toEqual([2, 0, 1, 1]);
  });

  test("are kept only as far as they are needed", () => {
    const tail = createChatTail();
    for (let message_id = 1; message_id <= 500; message_id++) tail.saw({ message_id, chat });
    // A message that only one person sees has no id.
    tail.saw({ message_id: 0, chat });
    expect(tail.below(place, 1)).toBe(20);
  });
});

test("the message above another one is known across all topics", () => {
  const tail = createChatTail();
  tail.saw({ message_id: 3, chat: { id: -5 } });
  tail.saw({ message_id: 7, chat: { id: -5 }, message_thread_id: 2, is_topic_message: true });
  tail.saw({ message_id: 9, chat: { id: -5 } });
  expect([9, 7, 3].map((id) => tail.lastBefore(-5, id))).toEqual([7, 3, undefined]);
  expect(tail.lastBefore(1, 9)).toBeUndefined();
});
