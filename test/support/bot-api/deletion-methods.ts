import type { Chat, Chats } from "./chats.ts";
import type { Account, Message } from "./message.ts";
import type { Methods } from "./message-methods.ts";
import { integer, list } from "./parameters.ts";
import { badRequest } from "./refusal.ts";

/** Bot API, `deleteMessage`: "only if it was sent less than 48 hours ago". */
const DELETABLE_S = 48 * 60 * 60;
const MOST_IDS = 100;

/** deleteMessage and deleteMessages. */
export function createDeletionMethods({ bot, chats, now }: { bot: Account; chats: Chats; now: () => number }): Methods {
  const assertDeletable = (chat: Chat, message: Message) => {
    if (now() / 1000 - message.date >= DELETABLE_S) throw badRequest("message can't be deleted for everyone");
    const mayDelete = chat.record.type === "private" || chat.botMayDelete || message.from?.id === bot.id;
    if (!mayDelete) throw badRequest("message can't be deleted");
  };
  return {
    deleteMessage(params) {
      const chat = chats.reachable(params.chat_id);
      const message = chat.messages.get(integer(params.message_id) ?? 0);
      if (message === undefined) throw badRequest("message to delete not found");
      assertDeletable(chat, message);
      chats.remove(chat, message.message_id, true);
      return true;
    },
    // Missing ones are skipped; one that can't be deleted fails them all, before any is deleted.
    deleteMessages(params) {
      if (params.message_ids === undefined) throw badRequest("message identifiers are not specified");
      const ids = list(params.message_ids)?.map(integer);
      if (ids === undefined) throw badRequest("expected an Array of message identifiers");
      if (ids.length === 0) throw badRequest("message identifiers are not specified");
      if (ids.length > MOST_IDS) throw badRequest("too many message identifiers specified");
      const chat = chats.reachable(params.chat_id);
      const messages = ids.flatMap((id) => {
        if (id === undefined || id <= 0) throw badRequest("invalid message identifier specified");
        return chat.messages.get(id) ?? [];
      });
      for (const message of messages) assertDeletable(chat, message);
      for (const { message_id } of messages) chats.remove(chat, message_id, true);
      return true;
    },
  };
}
