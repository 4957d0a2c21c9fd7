import type { MessageRef } from "../../domain/message.ts";

/** Where to say something. */
export interface Destination {
  readonly chatId: number;
  readonly threadId: number | null;
}

/** A message of the bot that can be edited. */
export type AnswerRef = MessageRef;

/** The bot's message, as Telegram tells of it, in the chat that a person sees it in. */
export function answerRef({ chatId }: Destination, { message_id: messageId }: { message_id: number }): AnswerRef {
  return { chatId, messageId };
}
