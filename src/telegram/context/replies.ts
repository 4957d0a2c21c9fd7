import type { SendMessageParams } from "@gramio/types";
import type { MessageKind, MessageRetention } from "../../service/cleanup/message-retention.ts";
import type { Outbox, SendFailure, SendResult } from "../outbox/outbox.ts";
import { type AnswerRef, type Aside, answerRef, type Destination, editAnswer, editKey } from "./answer-ref.ts";
import { type Content, contentParams } from "./content.ts";

interface Reply {
  readonly priority: "answer" | "prompt" | "notice";
  /** Undefined for what stays until somebody says that it was read. */
  readonly kind: MessageKind | undefined;
  readonly replyTo?: number | undefined;
  /** The person's client opens its field for an answer to this message. */
  readonly wantsAnswer?: boolean;
  /** Nothing else does: see `adjusted`. */
  readonly rings?: boolean;
}

/**
 * Messages that are no prompts. Answers, questions and what is posted go to the asker alone where the asking did, as far as
 * Telegram lets them. Each but alarms goes away by itself after the lifetime of its kind, and makes no sound. None of these throws. */
export interface Replies {
  /** Answers a person, to one of the chat's messages if `replyTo` is given. */
  answer(to: Destination, content: Content, replyTo?: number): void;
  /**
   * The same, and resolves with whether there is nothing left to say: they have it, or nobody there can be told. False when
   * it was given up.
   */
  tell(to: Destination, content: Content, replyTo?: number): Promise<boolean>;
  /** Answers with a message that will be edited; undefined when it could not be sent. */
  post(to: Destination, content: Content): Promise<AnswerRef | undefined>;
  /** Asks a person, whose message `replyTo` is, for an answer in words. */
  ask(to: Destination, text: string, replyTo?: number): void;
  /** Tells something that nobody asked for. `stays`: whoever it is for may not look for days, and must not miss it. */
  notify(to: Destination, content: Content, how?: { readonly stays: boolean }): void;
  /**
   * Tells with a sound what must be read: it stays until `discard`, and waits for a Telegram that is away for however long. Resolves
   * with false when the bot stopped before.
   */
  alarm(to: Destination, content: Content): Promise<boolean>;
  /** Has a message deleted as soon as possible. */
  discard(chatId: number, messageId: number): void;
  /** Puts other words and buttons in place of a message of the bot; what one person saw alone and cannot be edited is said anew. */
  edit(answer: AnswerRef, content: Content): void;
  /** Plans that a person's command goes away. */
  scheduleDeletion(chatId: number, messageId: number): void;
}

/** Whoever is told later, or by a later life, may still hear it. */
const GIVEN_UP: ReadonlySet<SendFailure> = new Set(["expired", "dropped", "superseded", "stopped", "unauthorized"]);

/** It costs a failed call each time, and the reasons seldom go away soon: the server's age, the bot's rights. */
const OPEN_MS = 10 * 60_000;

export function createReplies(deps: {
  outbox: Outbox;
  retention: MessageRetention;
  /** Whether the chat does not let the bot write: nobody there misses a notice. */
  isBlocked: (chatId: number) => boolean;
  now: () => number;
}): Replies {
  const { outbox, retention, now } = deps;
  const asked = { priority: "answer", kind: "answers" } as const;

  /** Chats where an answer for one person came out for all to see, and until when none is tried there. */
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
      // Bot API: in a group only who is answered is asked.
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
    if (aside !== undefined) openUntil.set(to.chatId, now() + OPEN_MS);
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
