import type { TelegramMessage } from "gramio";
import type { ChatPlace } from "../../domain/chat.ts";
import type { MessageRef } from "../../domain/message.ts";
import type { BotApi } from "../outbox/outbox.ts";
import { type Content, contentParams } from "./content.ts";

/** Where to say something. */
export interface Destination extends ChatPlace {
  /** The only person to see an answer; without it the whole chat sees it. */
  readonly aside?: Aside | undefined;
}

/**
 * A member of a group who asked in such a way that nobody else sees it (Bot API: an ephemeral message): by a command, or by a press under
 * such an answer. For 15 s that lets a bot answer in the same way even if it is no admin of the group.
 */
export interface Aside {
  readonly userId: number;
  readonly asked: { readonly command: number } | { readonly pressId: string };
}

/** An answer that only one person sees. It has no id among the chat's messages, and is never deleted: it goes by itself. */
interface AsideRef extends Destination {
  readonly aside: Aside;
  readonly ephemeralId: number;
}

/** A message of the bot that can be edited. */
export type AnswerRef = MessageRef | AsideRef;

/** The bot's message, as Telegram returned it: a group may have got another id while it was on its way. */
export function answerRef(
  { threadId, aside }: Destination,
  message: Pick<TelegramMessage, "message_id" | "ephemeral_message_id"> & { readonly chat: { readonly id: number } },
): AnswerRef {
  const { message_id: messageId, ephemeral_message_id: ephemeralId } = message;
  const chatId = message.chat.id;
  if (aside === undefined || ephemeralId === undefined) return { chatId, messageId };
  return { chatId, threadId, aside, ephemeralId };
}

/** A person's message by its id; null for one that only the bot sees: it has none, and goes by itself. */
export function messageIdOf({ message_id: id, ephemeral_message_id: ephemeralId }: TelegramMessage): number | null {
  return ephemeralId === undefined ? id : null;
}

/** The key of an edit in the outbox: see `Sending`. */
export function editKey(answer: AnswerRef): string {
  return `edit ${"messageId" in answer ? answer.messageId : `${answer.aside.userId} ${answer.ephemeralId}`}`;
}

/** The call that edits it. */
export function editAnswer(api: BotApi, answer: AnswerRef, content: Content): Promise<unknown> {
  const params = { chat_id: answer.chatId, ...contentParams(content) };
  if ("messageId" in answer) return api.editMessageText({ ...params, message_id: answer.messageId });
  const { aside, ephemeralId } = answer;
  return api.editEphemeralMessageText({
    ...params,
    receiver_user_id: aside.userId,
    ephemeral_message_id: ephemeralId,
  });
}
