import { type Chat, type Chats, GENERAL } from "./chats.ts";
import type { Ephemeral } from "./ephemeral.ts";
import { readKeyboard } from "./keyboard.ts";
import type { Account, Message } from "./message.ts";
import { flag, integer, isRecord, type Params } from "./parameters.ts";
import { badRequest } from "./refusal.ts";
import { readText } from "./text.ts";

const NOT_MODIFIED =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

/** Methods by name: they return the result, or throw `Refused`. */
export type Methods = Readonly<Record<string, (params: Params) => unknown>>;

/** sendMessage, editMessageText, editMessageReplyMarkup and editEphemeralMessageText. */
export function createMessageMethods({
  bot,
  chats,
  ephemeral,
  now,
}: {
  bot: Account;
  chats: Chats;
  ephemeral: Ephemeral;
  now: () => number;
}): Methods {
  const edit = (params: Params, change: (message: Message) => Message): Message => {
    const chat = chats.reachable(params.chat_id);
    const message = chat.messages.get(integer(params.message_id) ?? 0);
    if (message === undefined) throw badRequest("message to edit not found");
    if (message.from?.id !== bot.id) throw badRequest("message can't be edited");
    const changed = change(message);
    if (contentOf(changed) === contentOf(message)) throw badRequest(NOT_MODIFIED);
    const edited = { ...changed, edit_date: Math.floor(now() / 1000) };
    chat.messages.set(message.message_id, edited);
    return edited;
  };
  return {
    sendMessage(params) {
      const formatted = readText(params);
      const reply_markup = readKeyboard(params.reply_markup);
      const chat = chats.writable(params.chat_id);
      const receiver = ephemeral.receiver(chat, params);
      const asked = threadOf(chat, params);
      const replied = repliedTo(chat, params);
      const thread = asked ?? (replied?.is_topic_message ? replied.message_thread_id : undefined);
      if (!chat.botIsAdmin && chat.closedTopics.has(thread ?? GENERAL)) throw badRequest("TOPIC_CLOSED");
      const post = receiver === undefined ? chats.post : chats.postEphemeral;
      return post(chat, {
        from: bot,
        receiver_user: receiver,
        ...(thread === undefined ? {} : { message_thread_id: thread, is_topic_message: true as const }),
        ...formatted,
        rang: !flag(params.disable_notification),
        reply_markup,
        reply_to_message: replied && { ...replied, reply_to_message: undefined },
      });
    },
    editEphemeralMessageText: (params) => ephemeral.editText(params),
    // A text without `reply_markup` removes the keyboard, as in the real one.
    editMessageText: (params) => {
      const formatted = readText(params);
      const reply_markup = readKeyboard(params.reply_markup);
      return edit(params, (message) => ({ ...message, ...formatted, reply_markup }));
    },
    editMessageReplyMarkup: (params) => {
      const reply_markup = readKeyboard(params.reply_markup);
      return edit(params, (message) => ({ ...message, reply_markup }));
    },
  };
}

function contentOf({ text, entities, reply_markup }: Message): string {
  return JSON.stringify([text, entities, reply_markup]);
}

/** Bot API: General is not a topic, so its id (1) is not found either. */
function threadOf(chat: Chat, params: Params): number | undefined {
  const thread = integer(params.message_thread_id) ?? 0;
  if (thread === 0) return undefined;
  if (!chat.topics.has(thread)) throw badRequest("message thread not found");
  return thread;
}

function repliedTo(chat: Chat, params: Params): Message | undefined {
  const given = params.reply_parameters;
  const reply: Params = isRecord(given)
    ? given
    : { message_id: params.reply_to_message_id, allow_sending_without_reply: params.allow_sending_without_reply };
  const id = integer(reply.message_id);
  if (id === undefined) return undefined;
  const message = chat.messages.get(id);
  if (message === undefined && !flag(reply.allow_sending_without_reply)) {
    throw badRequest("message to be replied not found");
  }
  return message;
}
