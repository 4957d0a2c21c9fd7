import { describe, expect, test } from "bun:test";
import { ask } from "../../support/bot-api/ask.ts";
import { startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";
const HOUR_MS = 3_600_000;

const button = (callback_data: string, text = "b") => ({ inline_keyboard: [[{ text, callback_data }]] });

describe("the Bot API's rules", () => {
  test("an edit to the same text, entities and keyboard is refused; removing the keyboard is an edit", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7, started: true });
    const content = { chat_id: 7, text: "x", reply_markup: button("x") };
    const { result } = await ask(api, "sendMessage", content);
    const edit = { ...content, message_id: result.message_id };
    expect((await ask(api, "editMessageText", { ...edit, text: "x " })).description).toStartWith(
      "Bad Request: message is not modified: specified new message content",
    );
    expect((await ask(api, "editMessageReplyMarkup", edit)).status).toBe(400);
    expect((await ask(api, "editMessageText", { ...edit, reply_markup: undefined })).status).toBe(200);
    expect(api.messages(7)[0]?.buttons).toEqual([]);
  });

  test("a message older than 48 hours cannot be deleted, and fails a whole batch", async () => {
    let now = Date.UTC(2026, 10, 23);
    await using api = startBotApi({ token: TOKEN, now: () => now });
    const user = api.user({ id: 7 });
    const old = user.sends("old").message_id;
    now += 47 * HOUR_MS;
    const young = user.sends("young").message_id;
    now += HOUR_MS;
    const description = "Bad Request: message can't be deleted for everyone";
    expect(await ask(api, "deleteMessage", { chat_id: 7, message_id: old })).toMatchObject({ description });
    expect(await ask(api, "deleteMessages", { chat_id: 7, message_ids: [young, old] })).toMatchObject({ description });
    expect(await ask(api, "deleteMessages", { chat_id: 7, message_ids: [young, 999] })).toMatchObject({ result: true });
    expect(api.deleted.map(({ messageId }) => messageId)).toEqual([young]);
  });

  test("in a group the bot needs the right to delete other people's messages", async () => {
    await using api = startBotApi({ token: TOKEN });
    const group = api.group({ id: -1_001_000_000_001, title: "Family" });
    const { message_id } = api.user({ id: 7 }).sends("hi", { in: group });
    group.forbidsDeleting();
    const answer = await ask(api, "deleteMessage", { chat_id: group.id, message_id });
    expect(answer.description).toBe("Bad Request: message can't be deleted");
  });

  test("an upgraded group names its successor", async () => {
    await using api = startBotApi({ token: TOKEN });
    const group = api.group({ id: -55, title: "Family" });
    group.upgrades(-1_001_000_000_055);
    expect(await ask(api, "sendMessage", { chat_id: -55, text: "x" })).toMatchObject({
      error_code: 400,
      description: "Bad Request: group chat was upgraded to a supergroup chat",
      parameters: { migrate_to_chat_id: -1_001_000_000_055 },
    });
    const itself = { id: -1_001_000_000_055 };
    expect(api.pending).toMatchObject([
      { my_chat_member: { chat: itself, old_chat_member: { status: "left" } } },
      { message: { chat: { id: -55 }, migrate_to_chat_id: -1_001_000_000_055 } },
      { message: { chat: itself, sender_chat: itself, migrate_from_chat_id: -55 } },
    ]);
  });

  test("an unknown topic is refused, General is none, and a reply stays in its topic", async () => {
    await using api = startBotApi({ token: TOKEN });
    const forum = api.group({ id: -1_001_000_000_002, title: "Club", forum: true });
    const thread = forum.topic("Films");
    const asked = api.user({ id: 7 }).sends("hi", { in: forum, threadId: thread });
    const send = (extra: object) => ask(api, "sendMessage", { chat_id: forum.id, text: "x", ...extra });
    expect((await send({ message_thread_id: thread })).result.message_thread_id).toBe(thread);
    expect((await send({ reply_parameters: { message_id: asked.message_id } })).result).toMatchObject({
      message_thread_id: thread,
      is_topic_message: true,
    });
    expect((await send({})).result.message_thread_id).toBeUndefined();
    for (const unknown of [1, 99]) {
      expect(await send({ message_thread_id: unknown })).toMatchObject({
        description: "Bad Request: message thread not found",
      });
    }
  });

  test("in a closed topic, and in a group where only admins write, the bot needs to be one", async () => {
    await using api = startBotApi({ token: TOKEN });
    const forum = api.group({ id: -1_001_000_000_002, title: "Club", forum: true });
    const [films, music] = [forum.topic("Films"), forum.topic("Music")];
    const asked = api.user({ id: 7 }).sends("hi", { in: forum, threadId: films });
    const send = async (extra: object) =>
      (await ask(api, "sendMessage", { chat_id: forum.id, text: "x", ...extra })).description ?? "sent";
    forum.closes(films);
    const [there, answered] = [{ message_thread_id: films }, { reply_parameters: { message_id: asked.message_id } }];
    expect([await send(there), await send(answered)]).toEqual(["sent", "sent"]);
    forum.demotesBot();
    for (const extra of [there, answered]) expect(await send(extra)).toBe("Bad Request: TOPIC_CLOSED");
    expect([await send({}), await send({ message_thread_id: music })]).toEqual(["sent", "sent"]);
    forum.closes();
    expect(await send({})).toBe("Bad Request: TOPIC_CLOSED");
    forum.silences();
    expect(await send({ message_thread_id: music })).toBe(
      "Bad Request: not enough rights to send text messages to the chat",
    );
  });
});
