import { describe, expect, test } from "bun:test";
import { ask, post } from "../../support/bot-api/ask.ts";
import {
  BAD_GATEWAY,
  EMPTY_BODY,
  HALF_JSON,
  HANG,
  RESET,
  SERVER_ERROR,
  tooManyRequests,
} from "../../support/bot-api/faults.ts";
import { startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";

describe("fail()", () => {
  test.each([
    [tooManyRequests(3), 429, '"parameters":{"retry_after":3}'],
    [tooManyRequests(3, { bare: true }), 429, '"description":"Too Many Requests: retry after 3"}'],
    [SERVER_ERROR, 500, "Internal Server Error"],
    [BAD_GATEWAY, 502, "<h1>502 Bad Gateway</h1>"],
    [EMPTY_BODY, 200, ""],
    [HALF_JSON, 200, '{"ok":true,"resu'],
  ])("answers %j", async (fault, status, text) => {
    await using api = startBotApi({ token: TOKEN });
    const armed = api.fail("getMe", fault, { times: 1 });
    const answer = await post(api, "getMe");
    expect([answer.status, armed.hits]).toEqual([status, 1]);
    expect(await answer.text()).toContain(text);
    expect((await post(api, "getMe")).status).toBe(200);
  });

  test("drops the connection, before or after the method was carried out", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7, started: true });
    api.fail("sendMessage", RESET, { times: 1 });
    api.fail("sendMessage", { ...RESET, applied: true }, { times: 1 });
    await expect(post(api, "sendMessage", { chat_id: 7, text: "lost" })).rejects.toThrow();
    await expect(post(api, "sendMessage", { chat_id: 7, text: "sent" })).rejects.toThrow();
    expect(api.messages(7).map(({ text }) => text)).toEqual(["sent"]);
  });

  test("hangs in one chat only, until it is released", async () => {
    await using api = startBotApi({ token: TOKEN });
    for (const id of [7, 8]) api.user({ id, started: true });
    const hang = api.fail("*", HANG, { chat: 7 });
    const held = ask(api, "sendMessage", { chat_id: 7, text: "late" });
    await api.waitFor(({ params }) => params.text === "late");
    await ask(api, "sendMessage", { chat_id: 8, text: "early" });
    expect(api.messages(7)).toEqual([]);
    hang.release();
    expect((await held).ok).toBe(true);
    expect(api.messages(7)).toHaveLength(1);
  });

  test("does not carry a held request out that its bot gave up", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7, started: true });
    api.fail("sendMessage", HANG);
    const patience = new AbortController();
    const sent = post(api, "sendMessage", { chat_id: 7, text: "x" }, { signal: patience.signal }).catch(
      () => "gave up",
    );
    await api.waitFor(({ method }) => method === "sendMessage");
    patience.abort();
    expect(await sent).toBe("gave up");
    await api.waitFor(({ response }) => response?.status === 0);
    expect(api.messages(7)).toEqual([]);
  });

  test("closes and reopens on the same port without losing anything", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7 }).sends("hello");
    await api.closes();
    await expect(post(api, "getMe")).rejects.toThrow();
    await api.reopens();
    expect((await ask(api, "getUpdates")).result).toMatchObject([{ message: { text: "hello" } }]);
  });
});
