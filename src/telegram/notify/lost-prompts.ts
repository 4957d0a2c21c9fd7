import type { TelegramMessage } from "gramio";
import type { MessageRef } from "../../domain/message.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** Looked for at most, so many ids before the one that is known. Edits count in a group's twenty calls a minute. */
const MOST_LOOKED_AT = 10;
const MOST_LOOKED_AT_IN_GROUPS = 3;

/**
 * After a prompt was sent again: has those deleted that Telegram has taken without an answer. They stand above it, and nothing
 * says by which ids. Given the keyboard that it has, a message is *not modified* (Bot API): so the answer tells which one it is,
 * and what people have written cannot be edited. Never rejects.
 */
export type DropLostPrompts = (sent: TelegramMessage) => Promise<void>;

export function createDropLostPrompts(deps: {
  outbox: Pick<Outbox, "send" | "tail">;
  drop: (prompt: MessageRef) => void;
}): DropLostPrompts {
  const { outbox, drop } = deps;
  return async ({ chat: { id: chatId }, message_id: sentId, text, reply_markup: keyboard }) => {
    const last = outbox.tail.lastBefore(chatId, sentId);
    // All other messages of the bot must be known, lest one gets a foreign keyboard: its calls to a chat go one after another.
    if (last === undefined || keyboard === undefined || !("inline_keyboard" in keyboard)) return;
    const most = chatId < 0 ? MOST_LOOKED_AT_IN_GROUPS : MOST_LOOKED_AT;
    for (let messageId = sentId - 1; messageId > last && messageId >= sentId - most; messageId -= 1) {
      const edited = await outbox.send(chatId, { priority: "cleanup" }, (api) =>
        api.editMessageReplyMarkup({ chat_id: chatId, message_id: messageId, reply_markup: keyboard }),
      );
      if (!edited.ok) continue;
      const { value } = edited;
      const isSame = value === undefined || (typeof value === "object" && value.text === text);
      if (isSame) drop({ chatId, messageId });
    }
  };
}
