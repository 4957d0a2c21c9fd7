import { describe, expect, test } from "bun:test";
import type { TelegramMessage } from "gramio";
import { createMutedGroups } from "../../../../src/telegram/access/muted-groups.ts";
import type { ChatContext } from "../../../../src/telegram/context/chat-context.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";

const FAMILY = -500;
const ADMINS = [1, 2];
const START = 1_795_392_000_000;
const MINUTE = 60_000;

/** Groups in which the bot may not write, a clock, and what is said: ids of messages with a reaction, and of people told in private. */
function rig({ isShutOut = false, allowsReactions = true } = {}) {
  const clock = { now: START };
  const reactions: number[] = [];
  const told: number[] = [];
  const groups = createMutedGroups({
    reactions: {
      async acknowledge(_, messageId) {
        reactions.push(messageId);
        return allowsReactions;
      },
    },
    access: { admins: ADMINS },
    replies: { notify: ({ chatId }) => told.push(chatId) },
    preferences: { language: () => "en" },
    isShutOut: () => isShutOut,
    now: () => clock.now,
  });
  const asks = (messageId: number, userId: number | undefined, chatId = FAMILY) => {
    const context: ChatContext = {
      ...{ chatId, threadId: null, isPrivate: false, userId, username: undefined, speaksForChat: userId === undefined },
      ...{ actor: { chatId, role: "user" }, language: "en", texts: texts.en },
      get calendar(): never {
        throw new Error("nobody asks for it");
      },
    };
    const message: TelegramMessage = { message_id: messageId, date: START / 1000, chat: { id: chatId, type: "group" } };
    groups.asked(context, message);
  };
  return { clock, groups, asks, reactions, told };
}

describe("when Telegram refuses what was to be written in a group", () => {
  test("everybody who has just asked for something there gets a sign, once", () => {
    const { groups, asks, reactions, told } = rig();
    asks(1, 7);
    asks(2, 8);
    asks(3, 9, FAMILY - 1);
    groups.refused(FAMILY);
    groups.refused(FAMILY);
    expect([reactions, told]).toEqual([
      [1, 2],
      [7, 8],
    ]);
  });

  test("an anonymous admin, and a channel, get only a reaction: nobody knows whom to tell", () => {
    const { groups, asks, reactions, told } = rig();
    asks(1, undefined);
    groups.refused(FAMILY);
    expect([reactions, told]).toEqual([[1], []]);
  });

  test("the bot's admins hear it, once a day for each group, if nobody there gets any sign", async () => {
    const { clock, groups, asks, told } = rig({ allowsReactions: false });
    const refuses = async (chatId: number, messageId: number, userId?: number) => {
      asks(messageId, userId, chatId);
      groups.refused(chatId);
      await Promise.resolve();
    };
    await refuses(FAMILY, 1, 7);
    expect(told.splice(0)).toEqual([7]);
    await refuses(FAMILY, 2);
    await refuses(FAMILY, 3);
    await refuses(FAMILY - 1, 4);
    expect(told.splice(0)).toEqual([...ADMINS, ...ADMINS]);
    clock.now += 24 * 60 * MINUTE;
    await refuses(FAMILY, 5);
    expect(told).toEqual(ADMINS);
  });

  test("what was asked for more than a minute ago has been answered, or is older than the refusal", () => {
    const { clock, groups, asks, reactions } = rig();
    asks(1, 7);
    clock.now += MINUTE + 1;
    asks(2, 7);
    groups.refused(FAMILY);
    expect(reactions).toEqual([2]);
  });

  test("nobody hears anything if that is because the bot was thrown out", () => {
    const { groups, asks, reactions, told } = rig();
    asks(1, 7);
    asks(2, 7, FAMILY - 1);
    groups.left(FAMILY);
    groups.refused(FAMILY);
    expect([reactions, told]).toEqual([[], []]);
    groups.refused(FAMILY - 1);
    expect([reactions, told]).toEqual([[2], [7]]);
  });

  test("a person whose access was removed hears nothing in private", () => {
    const { groups, asks, told } = rig({ isShutOut: true });
    asks(1, 7);
    groups.refused(FAMILY);
    expect(told).toEqual([]);
  });

  test("the latest thousand are remembered, however many ask in groups that refuse nothing", () => {
    const { groups, asks, reactions } = rig();
    asks(1, 7);
    asks(2, 8);
    for (let other = 0; other < 999; other += 1) asks(3, 9, FAMILY - 1);
    groups.refused(FAMILY);
    expect(reactions).toEqual([2]);
  });
});
