import { expect, test } from "bun:test";
import type { TelegramChatMemberUpdated } from "gramio";
import { createChatMembership } from "../../../../src/telegram/access/chat-membership.ts";

const DATE = 1_795_392_000;

/** Somebody whose Telegram is in English adds the bot to a group, or throws it out. */
function changed(id: number, { to = "member" }: { to?: "member" | "kicked" } = {}): TelegramChatMemberUpdated {
  const user = { id: 7, is_bot: true, first_name: "bot" };
  return {
    chat: { id, type: "supergroup", title: "Family" },
    from: { id: 1, is_bot: false, first_name: "Ann", language_code: "en" },
    date: DATE,
    ...(to === "member"
      ? { old_chat_member: { user, status: "left" }, new_chat_member: { user, status: to } }
      : { old_chat_member: { user, status: "member" }, new_chat_member: { user, status: to, until_date: 0 } }),
  };
}

/** What is heard of groups: who decides about their language, and in which nobody waits for a sign any more. */
function rig() {
  const spoken: number[] = [];
  const left: number[] = [];
  const membership = createChatMembership({
    migration: { moved: () => true, finish: () => true },
    preferences: {
      isBlocked: () => false,
      setBlocked: () => false,
      addedBy: (chatId) => spoken.push(chatId),
      moved: () => undefined,
    },
    showMissing: () => undefined,
    mutedGroups: { refused: () => undefined, left: (chatId) => left.push(chatId) },
    now: () => DATE * 1000,
  });
  return { membership, spoken, left };
}

test("of supergroups that were groups, those that nothing was heard of are forgotten in the end", () => {
  const { membership, spoken } = rig();
  for (let n = 0; n <= 1_000; n += 1) membership.moved(-n - 1, -1_000_000 - n);
  // The first one is no longer known as such, so whoever adds the bot there decides about its language.
  for (const n of [0, 1]) membership.membership(changed(-1_000_000 - n));
  expect(spoken).toEqual([-1_000_000]);
});

test("in a group that has thrown the bot out, nobody waits for a sign from it any more", () => {
  const { membership, left } = rig();
  membership.membership(changed(-1));
  membership.membership(changed(-2, { to: "kicked" }));
  expect(left).toEqual([-2]);
});
