import { describe, expect, test } from "bun:test";
import { ask } from "../../support/bot-api/ask.ts";
import { startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";

const button = (callback_data: string, text = "b") => ({ inline_keyboard: [[{ text, callback_data }]] });

describe("startBotApi()", () => {
  test("knows its bot, and refuses another token and an unknown method", async () => {
    await using api = startBotApi({ token: TOKEN });
    expect((await ask(api, "getme")).result).toMatchObject({ id: 42, is_bot: true, username: "dwld_test_bot" });
    expect<object>(await ask({ root: api.root, token: "42:other" }, "getMe")).toEqual({
      status: 401,
      ok: false,
      error_code: 401,
      description: "Unauthorized",
    });
    expect(await ask(api, "sendFax")).toMatchObject({ status: 404, description: "Not Found: method not found" });
    expect(api.calls.map(({ method }) => method)).toEqual(["getMe", "getMe", "sendFax"]);
  });

  test("takes parameters from JSON, a form, multipart and the query", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7, started: true });
    const url = `${api.root}/bot${TOKEN}/sendMessage`;
    const reply_markup = JSON.stringify(button("x"));
    const multipart = new FormData();
    multipart.set("chat_id", "7");
    multipart.set("text", "multipart");
    await fetch(`${url}?chat_id=7&text=query`);
    await fetch(url, { method: "POST", body: new URLSearchParams({ chat_id: "7", text: "form", reply_markup }) });
    await fetch(url, { method: "POST", body: multipart });
    expect(api.messages(7).map(({ text }) => text)).toEqual(["query", "form", "multipart"]);
    expect(api.messages(7)[1]?.buttons).toEqual([[{ text: "b", callback_data: "x" }]]);
  });
});

describe("a person", () => {
  test("sends with the entities that Telegram detects", async () => {
    await using api = startBotApi({ token: TOKEN });
    const text = "👍 see /queue@dwld_test_bot (https://youtu.be/a_b?t=1), vk.com/video-1_2. and a/b, e.g. me@vk.com";
    const message = api.user({ id: 7 }).sends(text);
    const marked = message.entities?.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]);
    expect(marked).toEqual([
      ["bot_command", "/queue@dwld_test_bot"],
      ["url", "https://youtu.be/a_b?t=1"],
      ["url", "vk.com/video-1_2"],
    ]);
    expect(Object.keys(api.pending[0] ?? {})).toEqual(["update_id", "message"]);
  });

  test("has one chat with the bot, however often a test asks for the person", async () => {
    await using api = startBotApi({ token: TOKEN });
    const { message_id: id } = api.user({ id: 7 }).sends("one");
    api.user({ id: 7 }).sends("two");
    expect(api.messages(7).map(({ text }) => text)).toEqual(["one", "two"]);
    expect(
      (await ask(api, "sendMessage", { chat_id: 7, text: "three", reply_parameters: { message_id: id } })).ok,
    ).toBe(true);
  });

  test("sends captions, forwards and anonymous messages", async () => {
    await using api = startBotApi({ token: TOKEN });
    const user = api.user({ id: 7 });
    const group = api.group({ id: -55, title: "Family" });
    expect(user.sends("https://a.com", { caption: true, forwardFrom: "Ann" })).toMatchObject({
      caption: "https://a.com",
      caption_entities: [{ type: "url", offset: 0, length: 13 }],
      forward_origin: { type: "hidden_user", sender_user_name: "Ann" },
    });
    expect(user.sends("x", { in: group, anonymous: true })).toMatchObject({
      from: { username: "GroupAnonymousBot" },
      sender_chat: { id: -55 },
    });
  });

  test("presses a button as soon as the message has it", async () => {
    await using api = startBotApi({ token: TOKEN });
    const user = api.user({ id: 7, started: true });
    const { result } = await ask(api, "sendMessage", { chat_id: 7, text: "x", reply_markup: button("q:1", "720") });
    const message = { chat_id: 7, message_id: result.message_id };
    void user.presses(result.message_id, "1080");
    expect(api.pending).toEqual([]);
    await ask(api, "editMessageReplyMarkup", { ...message, reply_markup: button("q:2", "1080") });
    expect(api.pending).toMatchObject([{ callback_query: { data: "q:2" } }]);
    expect(() => user.presses(result.message_id + 1, "1080")).toThrow("No live message");
  });

  test("presses a button by a part of its text and gets the bot's answer", async () => {
    await using api = startBotApi({ token: TOKEN });
    const user = api.user({ id: 7, started: true });
    const { result } = await ask(api, "sendMessage", { chat_id: 7, text: "x", reply_markup: button("q:1", "· 720") });
    const answer = user.presses(result.message_id, "720");
    const [update] = (await ask<{ callback_query: { id: string } }[]>(api, "getUpdates")).result;
    expect(update?.callback_query).toMatchObject({ data: "q:1", message: { message_id: result.message_id } });
    const id = update?.callback_query.id;
    const tooLong = await ask(api, "answerCallbackQuery", { callback_query_id: id, text: "x".repeat(201) });
    expect(tooLong.description).toBe("Bad Request: MESSAGE_TOO_LONG");
    await ask(api, "answerCallbackQuery", { callback_query_id: id, text: "done", show_alert: true });
    expect(await answer).toEqual({ text: "done", showAlert: true });
  });

  test("can press a message that is deleted, and forge a button's data", async () => {
    await using api = startBotApi({ token: TOKEN });
    const user = api.user({ id: 7, started: true });
    const { result } = await ask(api, "sendMessage", { chat_id: 7, text: "x", reply_markup: button("q:1") });
    void user.presses(result.message_id, "forged", { forged: true });
    await ask(api, "deleteMessage", { chat_id: 7, message_id: result.message_id });
    void user.presses(result.message_id, "b", { deleted: true });
    expect(api.pending).toMatchObject([
      { callback_query: { data: "forged", message: { text: "x" } } },
      { callback_query: { data: "q:1", message: { message_id: result.message_id, date: 0 } } },
    ]);
  });
});
