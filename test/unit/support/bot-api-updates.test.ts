import { describe, expect, test } from "bun:test";
import { ask, post } from "../../support/bot-api/ask.ts";
import { type BotApi, startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";

async function texts(api: BotApi, params: object = {}): Promise<string[]> {
  const { result } = await ask<{ message: { text: string } }[]>(api, "getUpdates", params);
  return result.map(({ message }) => message.text);
}

describe("getUpdates", () => {
  test("holds a poll until there is an update", async () => {
    await using api = startBotApi({ token: TOKEN });
    const poll = texts(api, { timeout: 30 });
    await api.waitFor(({ method }) => method === "getUpdates");
    api.user({ id: 7 }).sends("hello");
    expect(await poll).toEqual(["hello"]);
  });

  test("answers an empty list at once without a timeout, and otherwise after the timeout", async () => {
    await using api = startBotApi({ token: TOKEN });
    expect(await texts(api)).toEqual([]);
    expect(await texts(api, { timeout: 1 })).toEqual([]);
  });

  test("gives unconfirmed updates again, to any caller, and forgets confirmed ones", async () => {
    await using api = startBotApi({ token: TOKEN });
    const user = api.user({ id: 7 });
    for (const text of ["a", "b", "c"]) user.sends(text);
    const [first] = api.pending;
    expect(await texts(api, { limit: 2 })).toEqual(["a", "b"]);
    expect(await texts(api, { offset: 0 })).toEqual(["a", "b", "c"]);
    expect(await texts(api, { offset: (first?.update_id ?? 0) + 1 })).toEqual(["b", "c"]);
    expect(await texts(api)).toEqual(["b", "c"]);
    expect(api.offset).toBe((first?.update_id ?? 0) + 1);
    expect(await texts(api, { offset: -1 })).toEqual(["c"]);
    expect(api.pending).toHaveLength(1);
  });

  test("keeps updates for a day, and presses for as long as somebody may wait for the answer", async () => {
    let at = 0;
    await using api = startBotApi({ token: TOKEN, now: () => at });
    const user = api.user({ id: 7 });
    user.sends("hello");
    const sent = await ask(api, "sendMessage", {
      chat_id: 7,
      text: "x",
      reply_markup: { inline_keyboard: [[{ text: "b", callback_data: "b" }]] },
    });
    void user.presses(sent.result.message_id, "b");
    const kinds = async () => (await ask<object[]>(api, "getUpdates")).result.map((update) => Object.keys(update)[1]);
    expect(await kinds()).toEqual(["message", "callback_query"]);
    at = 150_000;
    expect(await kinds()).toEqual(["message"]);
    at = 24 * 3_600_000;
    expect(await kinds()).toEqual([]);
  });

  test("loses nothing when a bot leaves its poll", async () => {
    await using api = startBotApi({ token: TOKEN });
    const killed = new AbortController();
    const poll = post(api, "getUpdates", { timeout: 50 }, { signal: killed.signal }).catch(() => "left");
    await api.waitFor(({ method }) => method === "getUpdates");
    killed.abort();
    expect(await poll).toBe("left");
    api.user({ id: 7 }).sends("hello");
    expect(await texts(api, { timeout: 50 })).toEqual(["hello"]);
  });

  test("ends the older of two polls with 409", async () => {
    await using api = startBotApi({ token: TOKEN });
    const older = ask(api, "getUpdates", { timeout: 50 });
    await api.waitFor(({ method }) => method === "getUpdates");
    const newer = texts(api, { timeout: 50 });
    expect<object>(await older).toEqual({
      status: 409,
      ok: false,
      error_code: 409,
      description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    });
    api.user({ id: 7 }).sends("hello");
    expect(await newer).toEqual(["hello"]);
  });

  test("lets an older poll go on if the newer one is answered at once", async () => {
    await using api = startBotApi({ token: TOKEN });
    const older = texts(api, { timeout: 50 });
    await api.waitFor(({ method }) => method === "getUpdates");
    expect(await texts(api)).toEqual([]);
    api.user({ id: 7 }).sends("hello");
    expect(await older).toEqual(["hello"]);
  });

  test("conflicts with an active webhook until that is deleted", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7 }).sends("hello");
    api.webhookActive = true;
    expect((await ask(api, "getUpdates")).description).toStartWith(
      "Conflict: can't use getUpdates method while webhook",
    );
    await ask(api, "deleteWebhook");
    expect(await texts(api)).toEqual(["hello"]);
  });

  test("remembers which kinds the bot wants", async () => {
    await using api = startBotApi({ token: TOKEN });
    const user = api.user({ id: 7 });
    await ask(api, "getUpdates", { allowed_updates: ["message"] });
    const { message_id } = user.sends("a");
    await ask(api, "getUpdates");
    user.edits(message_id, "b");
    expect(api.pending.map((update) => Object.keys(update)[1])).toEqual(["message"]);
  });

  test("delivers updates whose ids start again lower", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.push({ message: { text: "high" } });
    const offset = (api.pending[0]?.update_id ?? 0) + 1;
    expect(await texts(api, { offset })).toEqual([]);
    api.push({ update_id: 5, message: { text: "low" } });
    expect(await texts(api, { offset })).toEqual(["low"]);
    await texts(api, { offset: 6 });
    expect(api.pending).toEqual([]);
  });
});
