import type { DeleteMessages } from "../../service/cleanup/message-sweeper.ts";
import type { BotApi, Priority, SendResult } from "./send-result.ts";

type Send = <T>(
  chatId: number,
  sending: { readonly priority: Priority },
  call: (api: BotApi) => Promise<T>,
) => Promise<SendResult<T>>;

/** Deletes messages of one chat (Bot API: `deleteMessages`); what Telegram will never delete counts as done. */
export function createDeleteMessages(send: Send): DeleteMessages {
  return async (chatId, messageIds) => {
    const together = await send(chatId, { priority: "cleanup" }, (api) =>
      api.deleteMessages({ chat_id: chatId, message_ids: messageIds }),
    );
    if (isSettled(together) && (together.ok || messageIds.length === 1)) return "done";
    if (!isSettled(together)) return "later";
    // One that is too old makes Telegram refuse them all.
    const apart = await Promise.all(
      messageIds.map((messageId) =>
        send(chatId, { priority: "cleanup" }, (api) => api.deleteMessage({ chat_id: chatId, message_id: messageId })),
      ),
    );
    return apart.every(isSettled) ? "done" : "later";
  };
}

/** Telegram's word is final for these: the chat is gone, or the message is gone or too old. */
const FINAL: ReadonlySet<string> = new Set(["blocked", "gone", "chat_not_found", "bad_request"]);

function isSettled(deleted: SendResult<unknown>): boolean {
  return deleted.ok || FINAL.has(deleted.kind);
}
