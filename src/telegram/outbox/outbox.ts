import { type Wait, within } from "../../domain/wait.ts";
import { describeApiError } from "../api/api-error.ts";
import { type AttemptOptions, createSendAttempt } from "./attempt.ts";
import { type ChatQueue, createChatQueues, type Taken } from "./chat-queues.ts";
import { type ChatTail, createChatTail, type SeenMessage } from "./chat-tail.ts";
import { createDeleteMessages } from "./delete-messages.ts";
import { createGroupBudget } from "./group-budget.ts";
import { createReach } from "./reach.ts";
import {
  type BotApi,
  type Outgoing,
  PRIORITIES,
  type Priority,
  type SendFailure,
  type SendResult,
} from "./send-result.ts";
import { createStumbles } from "./stumbles.ts";

export interface OutboxOptions extends AttemptOptions {
  readonly wait: Wait;
  /** How many calls may wait in all; beyond that, the oldest notices are dropped first. */
  readonly maxWaiting?: number;
}

export type { BotApi, ChatTail, SendFailure, SendResult };

export interface Sending {
  readonly priority: Priority;
  /** A newer call with the same key in the same chat replaces one that still waits: `edit 17` for edits of message 17. */
  readonly key?: string;
}

/** Limits in ms, each asked for when it begins. */
export interface StopLimits {
  /** Sending what still waits. */
  readonly sending: () => number;
  /** Waiting for answers to calls that Telegram has already got. */
  readonly answers: () => number;
}

const STOP_LIMITS: StopLimits = { sending: () => 3_000, answers: () => 3_000 };

/** Every outgoing call of the bot goes through here, so that Telegram's limits are kept and no failure is lost. */
export interface Outbox {
  /**
   * Queues one call for a chat. `call` makes exactly one API call with the `api` it gets; it is repeated if Telegram asks to wait or
   * cannot be reached, so a message may, rarely, arrive twice. Never rejects.
   */
  send<T>(chatId: number, sending: Sending, call: (api: BotApi) => Promise<T>): Promise<SendResult<T>>;
  /** At once and only once, bypassing the queues: a spinning button is not worth waiting for. Never rejects. */
  answerCallbackQuery(answer: Parameters<BotApi["answerCallbackQuery"]>[0]): Promise<void>;
  /** Asks Telegram something for which a person waits, at once and only once, bypassing the queues; undefined if that fails. */
  ask<T>(what: string, call: (api: BotApi) => Promise<T>): Promise<T | undefined>;
  /** See `createDeleteMessages`. */
  readonly deleteMessages: ReturnType<typeof createDeleteMessages>;
  /** The latest messages of each chat: it sees for itself what is sent and deleted. */
  readonly tail: ChatTail;
  /**
   * Takes nothing new, sends what it can (no deletions), then gives up as `stopped` what still waits, and finally what Telegram does not
   * answer: only its answer tells the id of a message that it has taken.
   */
  stop(limits?: StopLimits): Promise<void>;
}

const AT_ONCE = 8;
/** A handler may await the answer to a press, and the whole chat waits with it. */
const PRESS_MS = 5_000;

/** Sends one call at a time to each chat, and to several chats side by side (reliability.md §3.3, T1, T2, T10–T12). */
export function createOutbox(options: OutboxOptions): Outbox {
  const { api, log, now, wait, maxWaiting = 5_000 } = options;
  const queues = createChatQueues();
  const tail = createChatTail();
  const halt = new AbortController();
  const reach = createReach({ wait, random: options.random, halt: halt.signal, onOpen: pump });
  const stumbles = createStumbles();
  for (const heard of [reach, stumbles]) api.onEnd((_, error) => error === undefined && heard.answered());
  const attempt = createSendAttempt({ ...options, queues, halt: halt.signal });
  const budget = createGroupBudget(now);
  /** Groups, and priorities in them, that are looked at again when there is room. */
  const awaited = new Set<string>();
  let underWay = 0;
  /** Set by the stop; resolves when nothing is left. */
  let stopping: PromiseWithResolvers<void> | undefined;
  /** No further call is started. */
  let isOver = false;

  function pump(): void {
    while (underWay < AT_ONCE && reach.isOpen) {
      const taken = queues.take(isHeld);
      if (!taken) break;
      underWay += 1;
      budget.spend(taken.queue.chatId, taken.outgoing.priority);
      void deliver(taken);
    }
    if (underWay === 0 && queues.size === 0) stopping?.resolve();
  }

  /** A call for which a group's limit has no room waits, and others go meanwhile; but last words cannot wait. */
  function isHeld(chatId: number, { priority }: Outgoing): boolean {
    const heldMs = stopping === undefined ? budget.freeIn(chatId, priority) : 0;
    const what = `${chatId} ${priority}`;
    if (heldMs > 0 && !awaited.has(what)) {
      awaited.add(what);
      void wait(heldMs, halt.signal).then(() => {
        awaited.delete(what);
        pump();
      });
    }
    return heldMs > 0;
  }

  async function deliver(taken: Taken): Promise<void> {
    const { queue, outgoing } = taken;
    const ended = reach.begin();
    const { retryMs, wasAnswered } = await attempt(taken);
    underWay -= 1;
    if (retryMs !== undefined && isOver) outgoing.fail("stopped");
    else if (retryMs !== undefined) {
      const isLast = wasAnswered === false && stumbles.failed(outgoing);
      if (!queues.putBack(taken, { isLast })) outgoing.fail("superseded");
      if (retryMs > 0) pause(queue, retryMs);
    }
    queues.release(queue);
    ended(wasAnswered);
    pump();
  }

  function pause(queue: ChatQueue, ms: number): void {
    queues.pause(queue, true);
    void wait(ms, halt.signal).then(() => {
      queues.pause(queue, false);
      pump();
    });
  }

  function send<T>(
    chatId: number,
    { priority, key }: Sending,
    call: (api: BotApi) => Promise<T>,
  ): Promise<SendResult<T>> {
    const { promise, resolve } = Promise.withResolvers<SendResult<T>>();
    const outgoing: Outgoing = {
      chatId,
      priority,
      key,
      queuedAt: now(),
      omissions: new Set(),
      extras: new Set(),
      attempt: async (botApi) => {
        const value = await call(botApi);
        if (isMessage(value)) tail.saw(value);
        resolve({ ok: true, value });
      },
      unchanged: () => resolve({ ok: true, value: undefined }),
      fail: (kind) => resolve({ ok: false, kind }),
    };
    if (stopping) {
      outgoing.fail("stopped");
      return promise;
    }
    queues.add(outgoing)?.fail("superseded");
    if (queues.size > maxWaiting) {
      queues.shed()?.fail("dropped");
      log.warn("Too many calls wait for Telegram: dropping some", { most: maxWaiting });
    }
    pump();
    return promise;
  }

  async function ask<T>(what: string, call: (api: BotApi) => Promise<T>): Promise<T | undefined> {
    try {
      return await api.within({ signal: halt.signal, timeoutMs: PRESS_MS }, () => call(api.bot.api));
    } catch (error) {
      log.debug(`Cannot ${what}`, { error: describeApiError(error) });
      return undefined;
    }
  }

  const deleteMessages = createDeleteMessages(send);
  return {
    send,
    tail,
    deleteMessages(chatId, messageIds, onKept) {
      tail.deleted(chatId, messageIds);
      return deleteMessages(chatId, messageIds, onKept);
    },

    async answerCallbackQuery(answer) {
      await ask("answer a press", (botApi) => botApi.answerCallbackQuery(answer));
    },
    ask,

    async stop(limits = STOP_LIMITS) {
      if (stopping) return stopping.promise;
      stopping = Promise.withResolvers();
      for (const deletion of queues.clear(["cleanup"])) deletion.fail("stopped");
      pump();
      await within(stopping.promise, { ms: limits.sending(), wait });
      isOver = true;
      for (const outgoing of queues.clear(PRIORITIES)) outgoing.fail("stopped");
      pump();
      await within(stopping.promise, { ms: limits.answers(), wait });
      halt.abort();
      await stopping.promise;
    },
  };
}

/** The result of sending and editing; other calls return `true`, or something that is not a message. */
function isMessage(value: unknown): value is SeenMessage {
  return typeof value === "object" && value !== null && "message_id" in value && "chat" in value;
}
