import { expect, test } from "bun:test";
import type { MessageRetention } from "../../../../src/service/cleanup/message-retention.ts";
import { createReplies } from "../../../../src/telegram/context/replies.ts";
import type { Outbox } from "../../../../src/telegram/outbox/outbox.ts";
import type { SendResult } from "../../../../src/telegram/outbox/send-result.ts";

const ADMIN = { chatId: 7, threadId: null };

/** Replies over an outbox in which the sendings end like this, in order. */
function repliesOver(...ends: readonly SendResult<never>[]) {
  const left = [...ends];
  const outbox = { send: async () => left.shift() } as unknown as Outbox;
  const replies = createReplies({ outbox, retention: {} as MessageRetention, isBlocked: () => false, now: Date.now });
  return { replies, left };
}

test("an alarm is repeated while Telegram is away for longer than a message waits", async () => {
  const { replies, left } = repliesOver(
    { ok: false, kind: "expired" },
    { ok: false, kind: "expired" },
    { ok: true, value: undefined },
  );
  expect(await replies.alarm(ADMIN, { text: "nas is silent" })).toBe(true);
  expect(left).toEqual([]);
});

test("an alarm counts as not told when the bot stops first", async () => {
  const { replies } = repliesOver({ ok: false, kind: "expired" }, { ok: false, kind: "stopped" });
  expect(await replies.alarm(ADMIN, { text: "nas is silent" })).toBe(false);
});
