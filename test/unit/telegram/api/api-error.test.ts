import { describe, expect, test } from "bun:test";
import { TelegramError, type TelegramResponseParameters } from "gramio";
import { ApiNetworkError, describeApiError, kindOfApiError, redact } from "../../../../src/telegram/api/api-error.ts";

const TOKEN = "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

function telegramError(error_code: number, description: string, parameters?: TelegramResponseParameters) {
  const answer = { ok: false as const, error_code, description, ...(parameters && { parameters }) };
  return new TelegramError(answer, "sendMessage", { chat_id: 1, text: "a person's secret" });
}

describe("kindOfApiError()", () => {
  test.each([
    [401, "Unauthorized", "unauthorized"],
    [404, "Not Found", "unauthorized"],
    [404, "Not Found: method not found", "bad_request"],
    [421, "Misdirected Request: unallowed token specified", "unauthorized"],
    [400, "Logged out", "server"],
    [
      409,
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
      "conflict_poll",
    ],
    [
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      "conflict_webhook",
    ],
    [403, "Forbidden: bot was blocked by the user", "blocked"],
    [403, "Forbidden: user is deactivated", "blocked"],
    [403, "Forbidden: bot was kicked from the group chat", "blocked"],
    [403, "Forbidden: bot can't initiate conversation with a user", "blocked"],
    [400, "Bad Request: not enough rights to send text messages to the chat", "blocked"],
    [400, "Bad Request: have no rights to send a message", "blocked"],
    [400, "Bad Request: have no write access to the chat", "blocked"],
    [400, "Bad Request: need administrator rights in the channel chat", "blocked"],
    [400, "Bad Request: CHAT_RESTRICTED", "blocked"],
    [400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", "blocked"],
    [400, "Bad Request: CHAT_GUEST_SEND_FORBIDDEN", "blocked"],
    [400, "Bad Request: ALLOW_PAYMENT_REQUIRED_10", "blocked"],
    [400, "Bad Request: USER_BANNED_IN_CHANNEL", "blocked"],
    [400, "Bad Request: CHANNEL_PRIVATE", "blocked"],
    [400, "Bad Request: chat not found", "chat_not_found"],
    [400, "Bad Request: private chat not found", "chat_not_found"],
    [400, "Bad Request: message to edit not found", "gone"],
    [400, "Bad Request: message to delete not found", "gone"],
    [400, "Bad Request: message not found", "gone"],
    [400, "Bad Request: MESSAGE_ID_INVALID", "gone"],
    [400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED", "gone"],
    [400, "Bad Request: message can't be deleted", "gone"],
    [400, "Bad Request: message can't be deleted for everyone", "gone"],
    [400, "Bad Request: message can't be edited", "gone"],
    [
      400,
      "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      "not_modified",
    ],
    [400, "Bad Request: REACTION_INVALID", "reaction_refused"],
    [400, "Bad Request: REACTION_NOT_ALLOWED", "reaction_refused"],
    [400, "Bad Request: message thread not found", "thread_not_found"],
    [400, "Bad Request: message thread is not a forum topic thread", "thread_not_found"],
    [400, "Bad Request: TOPIC_CLOSED", "thread_not_found"],
    [400, "Bad Request: TOPIC_ID_INVALID", "thread_not_found"],
    [400, "Bad Request: message to be replied not found", "reply_not_found"],
    [400, "Bad Request: replied message not found", "reply_not_found"],
    [400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "query_too_old"],
    [400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3', "cant_parse"],
    [400, "Bad Request: can't parse MessageEntity: Unsupported type specified", "cant_parse"],
    [
      400,
      "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
      "cant_parse",
    ],
    [400, "Bad Request: ENTITIES_TOO_LONG", "cant_parse"],
    [
      400,
      "Bad Request: entity URL 'https://a.example:0/' is invalid: Wrong port number specified in the URL",
      "cant_parse",
    ],
    [400, "Bad Request: WEBPAGE_URL_INVALID", "preview_refused"],
    [400, "Bad Request: failed to get HTTP URL content", "preview_refused"],
    [400, "Bad Request: message is too long", "bad_request"],
    [500, "Internal Server Error: sent", "server"],
    [500, "Internal Server Error: sent message was immediately deleted and can't be returned", "gone"],
    [502, "Bad Gateway", "server"],
  ])("takes %i %p for %s", (code, description, kind) => {
    expect(kindOfApiError(telegramError(code, description)).kind).toBe(kind as never);
  });

  test("reads a flood's seconds from the parameters, or else from the text, or else assumes a few", () => {
    expect(kindOfApiError(telegramError(429, "Too Many Requests: retry after 3", { retry_after: 7 }))).toEqual({
      kind: "flood",
      retryAfterMs: 7_000,
    });
    expect(kindOfApiError(telegramError(429, "Too Many Requests: retry after 30"))).toEqual({
      kind: "flood",
      retryAfterMs: 30_000,
    });
    const unsaid = { kind: "flood", retryAfterMs: 5_000 } as const;
    expect(kindOfApiError(telegramError(429, "Too Many Requests"))).toEqual(unsaid);
    expect(kindOfApiError(telegramError(429, "Too Many Requests: retry after 0", { retry_after: 0 }))).toEqual(unsaid);
  });

  test("names the new chat of a group that became a supergroup", () => {
    const error = telegramError(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: -1001,
    });
    expect(kindOfApiError(error)).toEqual({ kind: "migrated", newChatId: -1001 });
  });

  test("distinguishes an answer without a code from a bug", () => {
    const nameless = new TelegramError({ ok: false } as never, "sendMessage", { chat_id: 1, text: "" });
    expect(kindOfApiError(nameless).kind).toBe("server");
    expect(kindOfApiError(new ApiNetworkError("getMe", "TIMEOUT", "timed out")).kind).toBe("network");
    expect(kindOfApiError(new RangeError("ours")).kind).toBe("unexpected");
    expect(kindOfApiError(undefined).kind).toBe("unexpected");
  });
});

describe("describeApiError()", () => {
  test("has method, code and description, and nothing of what was sent", () => {
    expect(describeApiError(telegramError(400, "Bad Request: chat not found"))).toBe(
      "sendMessage: 400 Bad Request: chat not found",
    );
    expect(describeApiError(new ApiNetworkError("getMe", "ECONNREFUSED", "ECONNREFUSED: Unable to connect."))).toBe(
      "getMe: ECONNREFUSED: Unable to connect.",
    );
  });

  test("never contains a token or a URL", () => {
    for (const text of [`fetching "https://api.telegram.org/bot${TOKEN}/getMe"`, `bad ${TOKEN}`, `bot${TOKEN}`]) {
      expect(describeApiError(new Error(text))).not.toContain("AAAA");
      expect(describeApiError(text)).not.toContain("AAAA");
    }
  });
});

describe("redact()", () => {
  test("removes URLs, known secrets and anything that looks like a token", () => {
    expect(redact("see socks5://me:pass@host:1/x now")).toBe("see <url> now");
    expect(redact("short 1:abc here", "1:abc")).toBe("short *** here");
    expect(redact(`with ${TOKEN}`)).toBe("with ***");
  });
});
