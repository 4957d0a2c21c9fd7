import type { Account, Button, Message } from "./message.ts";

/** The callback data of the only button with that text, data, or part of a text; undefined if there is not exactly one. */
export function dataOf(message: Message | undefined, wanted: string): string | undefined {
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  const parts = buttons.filter(({ text }) => text.includes(wanted));
  const found: Button | undefined =
    buttons.find(({ text }) => text === wanted) ??
    buttons.find(({ callback_data }) => callback_data === wanted) ??
    (parts.length === 1 ? parts[0] : undefined);
  return found?.callback_data;
}

/** Bot API: `CallbackQuery`; a message that was deleted is an `InaccessibleMessage`, whose date is 0. */
export function callbackQuery(press: {
  readonly id: string;
  readonly from: Account;
  readonly message: Message;
  readonly deleted: boolean;
  readonly data: string;
}): object {
  const { id, from, message, deleted, data } = press;
  return {
    id,
    from,
    message: deleted ? { chat: message.chat, message_id: message.message_id, date: 0 } : message,
    chat_instance: String(message.chat.id),
    data,
  };
}
