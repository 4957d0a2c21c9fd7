import type { DeleteMessages } from "../service/sweeper.ts";
import type { Messenger } from "./messenger.ts";

/** Deletes messages of one chat (Bot API: `deleteMessages`); what Telegram will never delete counts as done. */
export function createDeleteMessages(messenger: Messenger): DeleteMessages {
  return async (chatId, messageIds) => {
    const deleted = await messenger.send(chatId, { priority: "cleanup" }, (api) =>
      api.deleteMessages({ chat_id: chatId, message_ids: messageIds }),
    );
    if (deleted.ok) return "done";
    return GIVEN_UP.has(deleted.kind) ? "done" : "later";
  };
}

/** Telegram's word is final for these: the chat is gone, or the messages are too old to delete. */
const GIVEN_UP: ReadonlySet<string> = new Set(["blocked", "gone", "chat_not_found", "bad_request"]);
