import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { TelegramError } from "gramio";
import { ApiNetworkError, describeApiError } from "../../../../src/telegram/api/api-error.ts";
import { createApi } from "../../../../src/telegram/api/bot-api.ts";
import { BAD_GATEWAY, EMPTY_BODY, HALF_JSON, HANG, RESET } from "../../../support/bot-api/faults.ts";
import { type BotApi, startBotApi } from "../../../support/bot-api.ts";

const SECRET = "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr";
const TOKEN = `123456789:${SECRET}`;
let telegram: BotApi;

beforeEach(() => {
  telegram = startBotApi({ token: TOKEN });
});
afterEach(() => telegram[Symbol.asyncDispose]());

/** The error that the promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

/** Everything that could be printed of an error. */
function everythingIn(error: unknown): string {
  const own = error instanceof Error ? Object.getOwnPropertyNames(error).map((name) => Reflect.get(error, name)) : [];
  return Bun.inspect(error) + Bun.inspect(own) + describeApiError(error);
}

describe("createApi()", () => {
  test("accepts a root with a slash or /bot at its end", async () => {
    for (const end of ["", "/", "//", "/bot", "/bot/"]) {
      const { bot } = createApi({ token: TOKEN, root: telegram.root + end });
      expect((await bot.api.getMe()).username).toBe("dwld_test_bot");
    }
  });

  test.each([
    ["HTML of a front end", BAD_GATEWAY, "BAD_ANSWER"],
    ["an empty body", EMPTY_BODY, "BAD_ANSWER"],
    ["half an answer", HALF_JSON, "BAD_ANSWER"],
    ["a dropped connection", RESET, "ECONNRESET"],
  ])("turns %s into an error without the token", async (_, fault, code) => {
    telegram.fail("getMe", fault);
    const { bot } = createApi({ token: TOKEN, root: telegram.root });
    const error = await failureOf(bot.api.getMe());
    expect(error).toBeInstanceOf(ApiNetworkError);
    expect(error).toMatchObject({ method: "getMe", code });
    expect(everythingIn(error)).not.toContain(SECRET);
  });

  test("keeps the token and the proxy's password out of connection errors", async () => {
    await telegram.closes();
    const routes = [
      { root: telegram.root },
      { root: telegram.root, proxy: "socks5://me:password@127.0.0.1:1" },
      { root: telegram.root, proxy: "http://me:password@127.0.0.1:1" },
      { root: "http://nowhere.invalid" },
      { root: "no-url" },
    ];
    for (const route of routes) {
      const error = await failureOf(createApi({ token: TOKEN, ...route }).bot.api.getMe());
      expect(error).toBeInstanceOf(ApiNetworkError);
      expect(everythingIn(error)).not.toContain(SECRET);
      expect(everythingIn(error)).not.toContain("password");
    }
  });

  test("passes on Telegram's refusal, without the text that was sent", async () => {
    const { bot } = createApi({ token: TOKEN, root: telegram.root });
    // Not a literal: Bun prints the source around an error.
    const said = ["private", "words"].join(" ");
    const error = await failureOf(bot.api.sendMessage({ chat_id: 99, text: said }));
    expect(error).toBeInstanceOf(TelegramError);
    expect(error).toMatchObject({ code: 400, method: "sendMessage" });
    expect(everythingIn(error)).not.toContain(said);
  });

  test("limits the time of a call", async () => {
    telegram.fail("getMe", HANG);
    const { bot, within } = createApi({ token: TOKEN, root: telegram.root, callTimeoutMs: 20 });
    expect(await failureOf(bot.api.getMe())).toMatchObject({ code: "TIMEOUT" });
    const longer = within({ timeoutMs: 30 }, () => bot.api.getMe());
    expect(await failureOf(longer)).toMatchObject({ code: "TIMEOUT" });
  });

  test("gives a long poll a time limit of its own", async () => {
    const { bot } = createApi({ token: TOKEN, root: telegram.root, callTimeoutMs: 1, pollTimeoutMs: 40 });
    expect(await failureOf(bot.api.getUpdates({ timeout: 30 }))).toMatchObject({ code: "TIMEOUT" });
  });

  test("aborts running calls with their signal, and no others", async () => {
    const hanging = telegram.fail("getMe", HANG);
    const { bot, within } = createApi({ token: TOKEN, root: telegram.root });
    const abort = new AbortController();
    const bound = failureOf(within({ signal: abort.signal }, () => bot.api.getMe()));
    const free = bot.api.getMe();
    await telegram.waitFor(() => hanging.hits === 2);
    abort.abort();
    expect(await bound).toMatchObject({ code: "ABORTED" });
    hanging.release();
    expect((await free).is_bot).toBe(true);
  });

  test("sends later calls another way after a reroute", async () => {
    await using second = startBotApi({ token: TOKEN, username: "second_bot" });
    const { bot, reroute } = createApi({ token: TOKEN, root: telegram.root });
    await bot.api.getMe();
    reroute({ root: second.root });
    expect((await bot.api.getMe()).username).toBe("second_bot");
    // A proxy gets a plain HTTP request itself: here the first fake answers what was meant for the unknown host.
    reroute({ root: "http://nowhere.invalid", proxy: telegram.root });
    expect((await bot.api.getMe()).username).toBe("dwld_test_bot");
  });
});
