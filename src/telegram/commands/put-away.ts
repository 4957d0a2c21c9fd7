import type { TelegramCallbackQuery } from "gramio";
import { DELETABLE_MS } from "../../domain/message.ts";
import { plain } from "../../domain/text.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Replies } from "../context/replies.ts";

const LONGEST_LINE = 200;

/** The bot's message under which somebody has pressed, and when it was sent (epoch ms). */
export interface ShownMessage {
  readonly messageId: number;
  readonly sentAt: number;
  /** Empty if Telegram does not tell it any more. */
  readonly text: string;
}

/** The message of a press. */
export function shownIn(message: NonNullable<TelegramCallbackQuery["message"]>): ShownMessage {
  const text = "text" in message ? String(message.text) : "";
  return { messageId: message.message_id, sentAt: message.date * 1000, text };
}

/** Deletes a message that somebody has read; one that is too old for that shrinks to its first line, or else to `usual`, in `words`. */
export type PutAway = (
  context: Pick<ChatContext, "chatId">,
  shown: ShownMessage,
  of: { readonly words: (line: string) => string; readonly usual: string },
) => void;

export function createPutAway({ replies, now }: { replies: Replies; now: () => number }): PutAway {
  return ({ chatId }, { messageId, sentAt, text }, { words, usual }) => {
    if (now() - sentAt < DELETABLE_MS) return replies.discard(chatId, messageId);
    const [line = ""] = text.split("\n");
    replies.edit({ chatId, messageId }, { text: words(plain(line || usual, LONGEST_LINE)) });
  };
}
