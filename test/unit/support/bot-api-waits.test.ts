import { describe, expect, test } from "bun:test";
import { ask } from "../../support/bot-api/ask.ts";
import { startBotApi } from "../../support/bot-api.ts";

const TOKEN = "42:secret";

describe("waiting", () => {
  test("finds past and future calls, or only later ones", async () => {
    await using api = startBotApi({ token: TOKEN });
    await ask(api, "getMe");
    expect((await api.waitFor(({ method }) => method === "getMe")).response?.status).toBe(200);
    const second = api.waitFor(({ method }) => method === "getMe", { after: api.calls.length });
    await ask(api, "getMe");
    expect(await second).toBe(api.calls[1] as never);
  });

  test("sees that an edit changed a message, and that it is gone", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7, started: true });
    const { result } = await ask(api, "sendMessage", { chat_id: 7, text: "waiting" });
    const edited = api.message(7, ({ text }) => text === "sent");
    const gone = api.gone(7, result.message_id);
    await ask(api, "editMessageText", { chat_id: 7, message_id: result.message_id, text: "sent" });
    expect(await edited).toMatchObject({ id: result.message_id, byBot: true });
    await ask(api, "deleteMessage", { chat_id: 7, message_id: result.message_id });
    await gone;
  });

  test("ends once every update is confirmed", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7 }).sends("hello");
    const settled = api.settled();
    await ask(api, "getUpdates", { offset: (api.pending[0]?.update_id ?? 0) + 1 });
    await settled;
  });

  test("fails with an account of what was seen instead", async () => {
    await using api = startBotApi({ token: TOKEN });
    api.user({ id: 7, started: true });
    await ask(api, "sendMessage", { chat_id: 7, text: "something else" });
    const waiting = api.message(7, ({ text }) => text === "prompt", { what: "a prompt", withinMs: 1 });
    await expect(waiting).rejects.toThrow(
      /in vain for a prompt\.\n.*\n {2}sendMessage .*something else.*\nIn the chat:/,
    );
  });

  test("fails when the fake is closed", async () => {
    const api = startBotApi({ token: TOKEN });
    const waiting = api.waitFor(() => false);
    await api[Symbol.asyncDispose]();
    await expect(waiting).rejects.toThrow("The fake was closed");
  });
});
