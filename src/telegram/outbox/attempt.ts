import type { Log } from "../../domain/log.ts";
import { nextAttemptAt } from "../../domain/retry.ts";
import { type ApiFailure, describeApiError, errorFields, kindOfApiError } from "../api/api-error.ts";
import type { Api } from "../api/bot-api.ts";
import { adjusted } from "./call-params.ts";
import type { ChatQueue, ChatQueues, Taken } from "./chat-queues.ts";
import { LIFETIMES_MS, type Outgoing, type SendFailure } from "./send-result.ts";

export interface AttemptOptions {
  readonly api: Api;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** The person or group does not let the bot write (Bot API: 403). Notices that wait are dropped. */
  readonly onBlocked: (chatId: number) => void;
  /** Bot API: a group became a supergroup. */
  readonly onMigrated: (oldChatId: number, newChatId: number) => void;
}

const BACKOFF = { first: 1_000, cap: 30_000 };

/** The result of a try. */
export interface Tried {
  /** After how many ms the call is to be repeated; undefined if it is settled. */
  readonly retryMs: number | undefined;
  /** Whether Telegram answered; undefined if there was no call: it was too late, or nothing was left to say. */
  readonly wasAnswered: boolean | undefined;
}

/** Makes one try of one call, and settles it unless it is worth another try (reliability.md §3.1, T1, T2, T10–T12). Never rejects. */
export type SendAttempt = (taken: Taken) => Promise<Tried>;

export function createSendAttempt(
  options: AttemptOptions & { readonly queues: ChatQueues; readonly halt: AbortSignal },
): SendAttempt {
  const { api, log, now, random, onBlocked, onMigrated, queues, halt } = options;

  function recover(error: unknown, { queue, outgoing }: Taken): number | undefined {
    const failure = kindOfApiError(error);
    // Whatever Telegram objected to, a message that everybody sees is better than none.
    if (!PASSING.has(failure.kind) && outgoing.extras.has("aside") && !outgoing.omissions.has("aside")) {
      outgoing.omissions.add("aside");
      return 0;
    }
    switch (failure.kind) {
      case "not_modified":
        outgoing.unchanged();
        return undefined;
      case "flood":
        log.warn("Telegram asks the bot to wait", { chat: queue.chatId, waitMs: failure.retryAfterMs });
        return failure.retryAfterMs;
      case "network":
      case "server":
        queue.failures += 1;
        log.warn("Cannot send to a chat yet", { chat: queue.chatId, error: describeApiError(error) });
        return nextAttemptAt({ ...BACKOFF, attempts: queue.failures, now: 0, random });
      case "migrated":
        if (failure.newChatId === queue.chatId) return refuse(error, { outgoing, kind: "bad_request" });
        migrate(queue, failure.newChatId);
        return 0;
      case "cant_parse":
      case "preview_refused":
      case "thread_not_found":
      case "reply_not_found":
        if (outgoing.omissions.has(failure.kind)) return refuse(error, { outgoing, kind: failure.kind });
        outgoing.omissions.add(failure.kind);
        return 0;
      case "blocked":
        for (const notice of queues.clear(["notice"], queue)) notice.fail("blocked");
        tell(() => onBlocked(queue.chatId));
        return refuse(error, { outgoing, kind: failure.kind });
      case "bad_request":
        // It may be one that the server does not know.
        for (const extra of outgoing.extras) {
          if (outgoing.omissions.has(extra)) continue;
          outgoing.omissions.add(extra);
          return 0;
        }
        return refuse(error, { outgoing, kind: failure.kind });
      default:
        return refuse(error, { outgoing, kind: failure.kind });
    }
  }

  function refuse(error: unknown, { outgoing, kind }: { outgoing: Outgoing; kind: SendFailure }): undefined {
    const level = EXPECTED_REFUSALS.has(kind) ? "debug" : "warn";
    log[level]("Cannot send to a chat", { chat: outgoing.chatId, kind, error: describeApiError(error) });
    outgoing.fail(kind);
  }

  function migrate(queue: ChatQueue, newChatId: number): void {
    const oldChatId = queue.chatId;
    queues.move(queue, newChatId);
    log.info("A group became a supergroup", { chat: oldChatId, newChat: newChatId });
    tell(() => onMigrated(oldChatId, newChatId));
  }

  function tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      log.error("Cannot record what Telegram said about a chat", errorFields(error));
    }
  }

  return async (taken) => {
    const { queue, outgoing } = taken;
    if (now() - outgoing.queuedAt > LIFETIMES_MS[outgoing.priority]) {
      outgoing.fail("expired");
      return { retryMs: undefined, wasAnswered: undefined };
    }
    const chatId = { from: outgoing.chatId, to: queue.chatId };
    const { omissions, extras } = outgoing;
    let isCalled = false;
    const onCall = () => {
      isCalled = true;
    };
    const adjustedApi = adjusted(api.bot.api, { omissions, extras, chatId, onCall });
    try {
      await api.within({ signal: halt }, () => outgoing.attempt(adjustedApi));
      // If nothing was left to say, there was no call, and nothing is known about Telegram.
      if (!isCalled) return { retryMs: undefined, wasAnswered: undefined };
      queue.failures = 0;
      return { retryMs: undefined, wasAnswered: true };
    } catch (error) {
      const wasAnswered = isCalled ? !UNANSWERED.has(kindOfApiError(error).kind) : undefined;
      if (!halt.aborted) return { retryMs: recover(error, taken), wasAnswered };
      outgoing.fail("stopped");
      return { retryMs: undefined, wasAnswered };
    }
  };
}

/** Failures that say nothing about the chat: calls to any other would fail as well. */
const UNANSWERED: ReadonlySet<ApiFailure["kind"]> = new Set(["network", "server"]);

/** Failures that say nothing about the message, or have a remedy of their own. */
const PASSING: ReadonlySet<ApiFailure["kind"]> = new Set([
  "not_modified",
  "flood",
  "network",
  "server",
  "migrated",
  "cant_parse",
  "preview_refused",
  "thread_not_found",
  "reply_not_found",
]);

/** Part of life with people and chats; any other refusal is worth an operator's attention. */
const EXPECTED_REFUSALS: ReadonlySet<SendFailure> = new Set([
  "blocked",
  "gone",
  "chat_not_found",
  "query_too_old",
  "reaction_refused",
  "thread_not_found",
  "reply_not_found",
]);
