import type { BotApi, Priority, SendResult } from "./send-result.ts";

type Send = <T>(
  chatId: number,
  sending: { readonly priority: Priority },
  call: (api: BotApi) => Promise<T>,
) => Promise<SendResult<T>>;

/**
 * Deletes messages of one chat (Bot API: `deleteMessages`). A message that Telegram will never delete counts as done once `onKept` has
 * been called for it and resolves with true.
 */
export function createDeleteMessages(send: Send) {
  return async (
    chatId: number,
    messageIds: number[],
    onKept: (messageId: number) => Promise<boolean> = async () => true,
  ): Promise<"done" | "later"> => {
    const together = await send(chatId, { priority: "cleanup" }, (api) =>
      api.deleteMessages({ chat_id: chatId, message_ids: messageIds }),
    );
    if (together.ok) return "done";
    if (!isSettled(together)) return "later";
    const [only, ...others] = messageIds;
    if (only !== undefined && others.length === 0) return (await onKept(only)) ? "done" : "later";
    // A single message that is too old makes Telegram refuse them all.
    const apart = await Promise.all(
      messageIds.map(async (messageId) => {
        const sending = { priority: "cleanup" } as const;
        const deleted = await send(chatId, sending, (api) =>
          api.deleteMessage({ chat_id: chatId, message_id: messageId }),
        );
        return deleted.ok || (isSettled(deleted) && (await onKept(messageId)));
      }),
    );
    return apart.every((isDone) => isDone) ? "done" : "later";
  };
}

/** Final answers from Telegram: the chat is gone, or the message is gone or too old. */
const FINAL: ReadonlySet<string> = new Set(["blocked", "gone", "chat_not_found", "bad_request"]);

function isSettled(deleted: SendResult<unknown>): boolean {
  return deleted.ok || FINAL.has(deleted.kind);
}
