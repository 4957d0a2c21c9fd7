import { expect, test } from "bun:test";
import type { TelegramChatMemberUpdated } from "gramio";
import { createChatMembership } from "../../../../src/telegram/access/chat-membership.ts";

const DATE = 1_795_392_000;

/** The bot is added to a group by somebody whose Telegram is in English. */
function addedTo(id: number): TelegramChatMemberUpdated {
  const user = { id: 7, is_bot: true, first_name: "bot" };
  return {
    chat: { id, type: "supergroup", title: "Family" },
    from: { id: 1, is_bot: false, first_name: "Ann", language_code: "en" },
    date: DATE,
    old_chat_member: { user, status: "left" },
    new_chat_member: { user, status: "member" },
  };
}

test("of supergroups that were groups, those that nothing was heard of are forgotten in the end", () => {
  const spoken: number[] = [];
  const membership = createChatMembership({
    migration: { moved: () => true, finish: () => true },
    preferences: {
      isBlocked: () => false,
      setBlocked: () => false,
      addedBy: (chatId) => spoken.push(chatId),
      moved: () => undefined,
    },
    showMissing: () => undefined,
    refused: () => undefined,
    now: () => DATE * 1000,
  });
  for (let n = 0; n <= 1_000; n += 1) membership.moved(-n - 1, -1_000_000 - n);
  // The first one is no longer known as such, so whoever adds the bot there decides about its language.
  for (const n of [0, 1]) membership.membership(addedTo(-1_000_000 - n));
  expect(spoken).toEqual([-1_000_000]);
});
