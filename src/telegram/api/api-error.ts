import { TelegramError } from "gramio";
import type { LogFields } from "../../domain/log.ts";
import { STRUCK, withoutBotTokens } from "../../domain/token.ts";

/**
 * A call without an answer from the Bot API: network, timeout, abort, or a front end's HTML instead of JSON. Built from text alone: Bun's
 * own errors contain the token in `path` and in the message (runtime.md §3.2).
 */
export class ApiNetworkError extends Error {
  override readonly name = "ApiNetworkError";
  readonly method: string;
  /** `ECONNREFUSED`, `TIMEOUT`, `ABORTED`, `BAD_ANSWER` … */
  readonly code: string;

  constructor(method: string, code: string, message: string) {
    super(message);
    this.method = method;
    this.code = code;
  }
}

/** A call about a message of a group that has become a supergroup, which has left its messages behind. */
export class MessageLeftBehind extends Error {
  override readonly name = "MessageLeftBehind";

  constructor() {
    super("The message stayed behind in the group that became this supergroup");
  }
}

/** Why a call failed, as far as callers act on it. */
export type ApiFailure =
  | { readonly kind: "flood"; readonly retryAfterMs: number }
  | { readonly kind: "migrated"; readonly newChatId: number }
  | { readonly kind: SimpleKind };

type SimpleKind =
  /** No answer from the Bot API: see `ApiNetworkError`. */
  | "network"
  | "server"
  | "unauthorized"
  | "conflict_poll"
  | "conflict_webhook"
  | "blocked"
  | "gone"
  | "not_modified"
  | "chat_not_found"
  | "thread_not_found"
  | "reply_not_found"
  | "query_too_old"
  | "cant_parse"
  | "preview_refused"
  /** The chat allows no reactions, or not this one. */
  | "reaction_refused"
  | "bad_request"
  /** Not an error of the API at all: a bug on our side. */
  | "unexpected";

/** Bot API: a 429 says when to come back; this is for one that does not, or says "at once". */
const UNSAID_RETRY_AFTER_S = 5;

/** Texts of `Client.cpp` (telegram-bot-api) and of the servers behind it, whose texts it passes on in capitals. */
const BAD_REQUESTS: readonly (readonly [RegExp, SimpleKind])[] = [
  [/message is not modified/i, "not_modified"],
  [/thread (not found|is not a forum topic)|TOPIC_(DELETED|CLOSED|ID_INVALID)/i, "thread_not_found"],
  [/message to be replied not found|repl(y|ied) message not found|REPLY_MESSAGE_ID_INVALID/i, "reply_not_found"],
  [/message (to \w+ )?not found|message can't be (deleted|edited)|MESSAGE_(ID_INVALID|EDIT_TIME_EXPIRED)/i, "gone"],
  [/query is too old|query ID is invalid|QUERY_ID_INVALID/i, "query_too_old"],
  [/can't parse (entit|MessageEntity)|entity (begin(s|ning)|URL)|ENTIT(Y|IES)_\w*(INVALID|TOO_LONG)/i, "cant_parse"],
  [/WEBPAGE_\w+|HTTP URL (specified|content)|web page content/i, "preview_refused"],
  [/REACTIONS?_(INVALID|DISABLED|NOT_ALLOWED)/i, "reaction_refused"],
  [/(chat|user) not found|PEER_ID_INVALID/i, "chat_not_found"],
  [/no (rights to send|write access)|not enough rights to send|need administrator rights in the channel/i, "blocked"],
  [
    /CHAT_(WRITE_FORBIDDEN|RESTRICTED|(GUEST_)?SEND_(\w+_)?FORBIDDEN)|CHANNEL_PRIVATE|USER_(IS_BLOCKED|BANNED_IN_CHANNEL)/i,
    "blocked",
  ],
  // The chat takes messages for Stars only, which a bot does not have.
  [/ALLOW_PAYMENT_REQUIRED/i, "blocked"],
];

/** `Client.cpp`, a 500: the message was sent, but was gone before its id was known; whoever deletes it would delete the next one too. */
const DELETED_AT_ONCE = /sent message was immediately deleted/i;

/** Classifies anything that a call to the Bot API threw (reliability.md §3.1). Never throws. */
export function kindOfApiError(error: unknown): ApiFailure {
  if (error instanceof ApiNetworkError) return { kind: "network" };
  if (error instanceof MessageLeftBehind) return { kind: "gone" };
  if (!(error instanceof TelegramError)) return { kind: "unexpected" };
  const { code, message, payload } = error;
  if (code === 429 || payload?.retry_after !== undefined) {
    const seconds = payload?.retry_after ?? message.match(/retry after (\d+)/i)?.[1];
    return { kind: "flood", retryAfterMs: 1000 * (Number(seconds) || UNSAID_RETRY_AFTER_S) };
  }
  if (payload?.migrate_to_chat_id !== undefined) return { kind: "migrated", newChatId: payload.migrate_to_chat_id };
  // `ClientManager.cpp`: a local server may be there for other bots.
  if (code === 401 || code === 421) return { kind: "unauthorized" };
  // A local server that does not know a method also answers 404; then the token is right.
  if (code === 404 && !/method not found/i.test(message)) return { kind: "unauthorized" };
  if (code === 403) return { kind: "blocked" };
  if (code === 409) return { kind: /webhook/i.test(message) ? "conflict_webhook" : "conflict_poll" };
  if (DELETED_AT_ONCE.test(message)) return { kind: "gone" };
  // `Client.cpp`: after `logOut`, a server refuses everything for the bot for some minutes.
  if (typeof code !== "number" || code >= 500 || message === "Logged out") return { kind: "server" };
  return { kind: BAD_REQUESTS.find(([text]) => text.test(message))?.[1] ?? "bad_request" };
}

/** For logs: method, code and description; never the parameters, which contain people's texts, nor a URL or token. */
export function describeApiError(error: unknown): string {
  if (error instanceof ApiNetworkError || error instanceof TelegramError) {
    const what = redact(error.message);
    const code = String(error.code ?? "no code");
    return what.startsWith(code) ? `${error.method}: ${what}` : `${error.method}: ${code} ${what}`.trimEnd();
  }
  return error instanceof Error ? `${error.name}: ${redact(error.message)}` : redact(String(error));
}

/** Also for log lines about bugs: what went wrong, and where in the code. See `describeApiError` for what is left out. */
export function errorFields(error: unknown): LogFields {
  const stack = error instanceof Error ? error.stack?.split("\n").slice(1, 6).join("\n") : undefined;
  return { error: describeApiError(error), stack };
}

/** Removes URLs (which may contain the token or a proxy's password) and tokens, including the given one, from a text. */
export function redact(text: string, token?: string): string {
  const known = token === undefined ? text : text.replaceAll(token, STRUCK);
  return withoutBotTokens(known.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, "<url>"));
}

/** The error of a request, without the token. */
export function networkError(error: unknown, { method, token }: { method: string; token: string }): ApiNetworkError {
  if (!(error instanceof Error)) return new ApiNetworkError(method, "UNKNOWN", redact(String(error), token));
  return new ApiNetworkError(method, codeOf(error), redact(error.message, token));
}

function codeOf(error: Error): string {
  if (error.name === "TimeoutError") return "TIMEOUT";
  if (error.name === "AbortError") return "ABORTED";
  if ("code" in error && typeof error.code === "string") return error.code;
  // HTML, half of a JSON text (SyntaxError) or an empty body (TypeError), from a front end that is not the Bot API.
  return "BAD_ANSWER";
}
