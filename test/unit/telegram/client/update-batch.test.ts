import { describe, expect, test } from "bun:test";
import type { TelegramUpdate } from "gramio";
import { inOrder, kindOf, orderKeyOf } from "../../../../src/telegram/client/update-batch.ts";

const chat = { id: -100, type: "supergroup" };
const from = { id: 7, is_bot: false, first_name: "Ann" };
const update = (content: object) => ({ update_id: 1, ...content }) as TelegramUpdate;

describe("inOrder()", () => {
  test("puts the number first and the kind second, whatever Telegram's order was", () => {
    const odd = { message: { chat }, update_id: 5 } as unknown as TelegramUpdate;
    expect(kindOf(odd)).toBe("message");
    expect(Object.keys(inOrder(odd, "message"))).toEqual(["update_id", "message"]);
  });
});

describe("kindOf()", () => {
  test("knows no kind of an update without one", () => {
    expect(kindOf(update({}))).toBeUndefined();
  });
});

describe("orderKeyOf()", () => {
  test.each([
    ["a message", { message: { chat, from } }, "chat -100"],
    ["a press", { callback_query: { id: "1", from, message: { chat } } }, "chat -100"],
    ["a press on an inline message", { callback_query: { id: "1", from } }, "chat 7"],
    ["a membership", { my_chat_member: { chat, from } }, "chat -100"],
    ["something without anybody", { poll: { id: "1" } }, "update 1"],
    ["nonsense", { message: null }, "update 1"],
    ["nothing", {}, "update 1"],
  ])("keeps the order of %s by its chat or person", (_, content, key) => {
    expect(orderKeyOf(update(content))).toBe(key);
  });
});
