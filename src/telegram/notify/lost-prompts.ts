import type { TelegramMessage } from "gramio";
import type { MessageRef } from "../../domain/message.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** How many ids before the known one are searched at most. Edits count towards a group's twenty calls a minute. */
const MOST_LOOKED_AT = 10;
const MOST_LOOKED_AT_IN_GROUPS = 3;

/**
 * After a prompt was sent again: deletes those that Telegram took without answering. They are above the new one, under unknown ids. A
 * message that is given the keyboard that it already has is *not modified* (Bot API), so the answer tells which one it is; messages of
 * people cannot be edited. Never rejects.
 */
export type DropLostPrompts = (sent: TelegramMessage) => Promise<void>;

export function createDropLostPrompts(deps: {
  outbox: Pick<Outbox, "send" | "tail">;
  drop: (prompt: MessageRef) => void;
}): DropLostPrompts {
  const { outbox, drop } = deps;
  return async ({ chat: { id: chatId }, message_id: sentId, text, reply_markup: keyboard }) => {
    const last = outbox.tail.lastBefore(chatId, sentId);
    // All other messages of the bot must be known, so that none gets a foreign keyboard: its calls to a chat go one after another.
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
