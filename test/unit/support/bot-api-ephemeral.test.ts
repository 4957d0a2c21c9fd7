import { describe, expect, test } from "bun:test";
import { ask } from "../../support/bot-api/ask.ts";
import { type BotApi, startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";
const YARD = -1_001_000_000_500;
const [ANN, BEN] = [7, 8];

async function yardOf(api: BotApi) {
  const yard = api.group({ id: YARD, title: "Yard" });
  const [ann, ben] = [api.user({ id: ANN }), api.user({ id: BEN })];
  const commands = [{ command: "queue", description: "Queue", is_ephemeral: true }];
  await ask(api, "setMyCommands", { commands, scope: { type: "chat", chat_id: YARD } });
  const asks = () => ann.sends("/queue", { in: yard, ephemeral: true });
  const to = (receiver: number, more: object = {}) => ({
    chat_id: YARD,
    text: "x",
    ephemeral_message_parameters: { receiver_user_id: receiver, ...more },
  });
  const replyTo = (ephemeral_message_id: number | undefined) => ({ reply_parameters: { ephemeral_message_id } });
  return { yard, ann, ben, asks, to, replyTo };
}

describe("an ephemeral message", () => {
  test("is seen only by its receiver, has no message id, and is edited by a method of its own", async () => {
    await using api = startBotApi({ token: TOKEN });
    const { yard, asks, to, replyTo } = await yardOf(api);
    const command = asks();
    expect(command).toMatchObject({ message_id: 0, text: "/queue" });
    const { result } = await ask(api, "sendMessage", { ...to(ANN), ...replyTo(command.ephemeral_message_id) });
    expect(result).toMatchObject({ message_id: 0, receiver_user: { id: ANN } });
    const of = { chat_id: YARD, text: "y" };
    expect((await ask(api, "editMessageText", { ...of, message_id: 0 })).status).toBe(400);
    expect((await ask(api, "deleteMessages", { chat_id: YARD, message_ids: [0] })).status).toBe(400);
    const { ephemeral_message_id } = result;
    const edit = { ...of, receiver_user_id: ANN, ephemeral_message_id };
    expect((await ask(api, "editEphemeralMessageText", { ...edit, receiver_user_id: BEN })).status).toBe(400);
    expect(await ask(api, "editEphemeralMessageText", edit)).toMatchObject({ result: true });
    expect(api.messages({ id: YARD, seenBy: ANN }).map(({ text }) => text)).toEqual(["/queue", "y"]);
    expect([api.messages(yard), api.messages({ id: YARD, seenBy: BEN })]).toEqual([[], []]);
  });

  test("needs a command or a press of its receiver within 15 s if the bot is no admin", async () => {
    let now = Date.UTC(2026, 10, 23);
    await using api = startBotApi({ token: TOKEN, now: () => now });
    const { yard, ann, asks, to, replyTo } = await yardOf(api);
    const { ephemeral_message_id } = asks();
    const reply_markup = { inline_keyboard: [[{ text: "b", callback_data: "b" }]] };
    const { result } = await ask(api, "sendMessage", { ...to(ANN), reply_markup });
    void ann.presses(result.ephemeral_message_id ?? 0, "b", { in: yard });
    const [query] = api.pending.flatMap(({ callback_query: one }) => one ?? []) as { id: string }[];
    expect(query).toMatchObject({ from: { id: ANN }, message: { message_id: 0 } });
    yard.demotesBot();
    const pressed = { callback_query_id: query?.id };
    const refused = async (params: object) => (await ask(api, "sendMessage", params)).description;
    expect(await refused(to(ANN))).toBe("Bad Request: BOT_NOT_ADMIN");
    expect(await refused(to(BEN, pressed))).toBe("Bad Request: user not found");
    api.user({ id: BEN }).sends("hi", { in: yard });
    expect(await refused(to(BEN, pressed))).toBe("Bad Request: QUERY_ID_INVALID");
    expect(await refused({ ...to(BEN), ...replyTo(ephemeral_message_id) })).toContain("to be replied not found");
    expect(await refused({ ...to(ANN), ...replyTo(ephemeral_message_id) })).toBeUndefined();
    expect(await refused(to(ANN, pressed))).toBeUndefined();
    now += 16_000;
    expect(await refused({ ...to(ANN), ...replyTo(ephemeral_message_id) })).toContain("to be replied not found");
    expect(await refused(to(ANN, pressed))).toBe("Bad Request: QUERY_ID_INVALID");
  });

  test("is sent to all by an older server, and refused in a private chat", async () => {
    await using api = startBotApi({ token: TOKEN });
    const { yard, to } = await yardOf(api);
    api.user({ id: 9, started: true });
    expect((await ask(api, "sendMessage", { ...to(9), chat_id: 9 })).description).toBe("Bad Request: BOT_NOT_ADMIN");
    api.knowsEphemeral = false;
    await ask(api, "sendMessage", to(ANN));
    expect(api.messages(yard)).toHaveLength(1);
    expect(await ask(api, "editEphemeralMessageText", { chat_id: YARD, text: "y" })).toMatchObject({ status: 404 });
  });

  test("can only be a command that the menu offers as ephemeral", async () => {
    await using api = startBotApi({ token: TOKEN });
    const { yard, ann } = await yardOf(api);
    expect(() => ann.sends("/help", { in: yard, ephemeral: true })).toThrow("No client");
  });
});
