import type { SendMessageParams } from "@gramio/types";
import { keepLatest } from "../../domain/keep-latest.ts";
import type { MessageKind, MessageRetention } from "../../service/cleanup/message-retention.ts";
import type { Outbox, SendFailure, SendResult } from "../outbox/outbox.ts";
import { type AnswerRef, type Aside, answerRef, type Destination, editAnswer, editKey } from "./answer-ref.ts";
import { type Content, contentParams } from "./content.ts";

interface Reply {
  readonly priority: "answer" | "prompt" | "notice";
  /** Undefined for messages that stay until somebody says that they were read. */
  readonly kind: MessageKind | undefined;
  readonly replyTo?: number | undefined;
  /** The person's app opens its input field for a reply to this message. */
  readonly wantsAnswer?: boolean;
  /** Nothing else makes a sound: see `adjusted`. */
  readonly rings?: boolean;
}

/**
 * Messages other than prompts. Answers, questions and posts go only to the asker if the request did, as far as Telegram allows. All but
 * alarms are deleted after the lifetime of their kind, and make no sound. None of these throws.
 */
export interface Replies {
  /** Answers a person, as a reply to one of the chat's messages if `replyTo` is given. */
  answer(to: Destination, content: Content, replyTo?: number): void;
  /** The same, and resolves with whether nothing is left to say: they have it, or nobody there can be told. False if it was given up. */
  tell(to: Destination, content: Content, replyTo?: number): Promise<boolean>;
  /** Answers with a message that will be edited; undefined if it could not be sent. */
  post(to: Destination, content: Content): Promise<AnswerRef | undefined>;
  /** Asks a person, whose message is `replyTo`, for an answer in words. */
  ask(to: Destination, text: string, replyTo?: number): void;
  /** Sends something unasked. `stays`: its reader may not look for days, and must not miss it. */
  notify(to: Destination, content: Content, how?: { readonly stays: boolean }): void;
  /**
   * Sends with a sound what must be read: it stays until `discard`, and waits as long as it takes for a Telegram that is away. Resolves
   * with false if the bot stopped before.
   */
  alarm(to: Destination, content: Content): Promise<boolean>;
  /** Has a message deleted as soon as possible. */
  discard(chatId: number, messageId: number): void;
  /** Replaces the text and buttons of a message of the bot; one that only one person saw and that cannot be edited is sent again. */
  edit(answer: AnswerRef, content: Content): void;
  /** Plans the deletion of a person's message for when a command would be deleted. */
  scheduleDeletion(chatId: number, messageId: number): void;
}

/** If they are told later, or by a later run, they may still hear it. */
const GIVEN_UP: ReadonlySet<SendFailure> = new Set(["expired", "dropped", "superseded", "stopped", "unauthorized"]);

/** Trying costs a failed call each time, and the reasons seldom go away soon: the server's age, the bot's rights. */
const OPEN_MS = 10 * 60_000;
const MOST_OPEN = 1_000;

export function createReplies(deps: {
  outbox: Outbox;
  retention: MessageRetention;
  /** Whether the chat does not let the bot write: then nobody there misses a notice. */
  isBlocked: (chatId: number) => boolean;
  now: () => number;
}): Replies {
  const { outbox, retention, now } = deps;
  const asked = { priority: "answer", kind: "answers" } as const;

  /** Chats in which an answer for one person went to everybody, and until when no other is tried there. */
  const openUntil = new Map<number, number>();

  function asideTo({ chatId, aside }: Destination): Aside | undefined {
    return now() < (openUntil.get(chatId) ?? 0) ? undefined : aside;
  }

  async function send(
    to: Destination,
    content: Content,
    { priority, kind, replyTo, wantsAnswer = false, rings = false }: Reply,
  ): Promise<SendResult<AnswerRef>> {
    const aside = kind === "answers" ? asideTo(to) : undefined;
    const params: SendMessageParams = {
      chat_id: to.chatId,
      ...contentParams(content),
      ...(rings && { disable_notification: false }),
      ...(to.threadId !== null && { message_thread_id: to.threadId }),
      // Bot API: in a group, only the person who is replied to is asked.
      ...(wantsAnswer && { reply_markup: { force_reply: true, selective: true } }),
      ...(replyTo !== undefined &&
        to.aside === undefined && {
          reply_parameters: { message_id: replyTo, allow_sending_without_reply: true },
        }),
      ...(aside !== undefined && asideParams(aside)),
    };
    const sent = await outbox.send(to.chatId, { priority }, (api) => api.sendMessage(params));
    if (!sent.ok) return sent;
    const answer = sent.value && answerRef(to, sent.value);
    if (answer === undefined || !("messageId" in answer)) return { ok: true, value: answer };
    if (aside !== undefined) keepLatest(openUntil.set(to.chatId, now() + OPEN_MS), MOST_OPEN);
    if (kind !== undefined) retention.planDeletion(answer, kind);
    return { ok: true, value: answer };
  }

  async function alarm(to: Destination, content: Content): Promise<boolean> {
    if (deps.isBlocked(to.chatId)) return true;
    const sent = await send(to, content, { priority: "prompt", kind: undefined, rings: true });
    // Telegram was away for longer than any message waits.
    if (!sent.ok && sent.kind === "expired") return alarm(to, content);
    return sent.ok || sent.kind !== "stopped";
  }

  async function edit(answer: AnswerRef, content: Content): Promise<void> {
    if ("messageId" in answer) retention.prolong(answer, "answers");
    const sending = { priority: "answer", key: editKey(answer) } as const;
    const edited = await outbox.send(answer.chatId, sending, (api) => editAnswer(api, answer, content));
    const isRefused = !edited.ok && !GIVEN_UP.has(edited.kind);
    if (isRefused && "aside" in answer) await send(answer, content, asked);
  }

  return {
    answer: (to, content, replyTo) => void send(to, content, { ...asked, replyTo }),
    ask: (to, text, replyTo) => void send(to, { text }, { ...asked, replyTo, wantsAnswer: true }),
    async tell(to, content, replyTo) {
      const sent = await send(to, content, { ...asked, replyTo });
      return sent.ok || !GIVEN_UP.has(sent.kind);
    },
    async post(to, content) {
      const sent = await send(to, content, asked);
      return sent.ok ? sent.value : undefined;
    },
    notify(to, content, { stays } = { stays: false }) {
      if (deps.isBlocked(to.chatId)) return;
      void send(to, content, { priority: "notice", kind: stays ? "lasting" : "notices" });
    },
    alarm,
    discard: (chatId, messageId) => retention.discard({ chatId, messageId }),
    edit: (answer, content) => void edit(answer, content),
    scheduleDeletion: (chatId, messageId) => retention.planDeletion({ chatId, messageId }, "commands"),
  };
}

function asideParams({ userId, asked }: Aside): Partial<SendMessageParams> {
  return "command" in asked
    ? {
        ephemeral_message_parameters: { receiver_user_id: userId },
        reply_parameters: { ephemeral_message_id: asked.command },
      }
    : { ephemeral_message_parameters: { receiver_user_id: userId, callback_query_id: asked.pressId } };
}
