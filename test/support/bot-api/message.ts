import { isRecord } from "./parameters.ts";

/** Bot API: `User`. */
export interface Account {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string | undefined;
  readonly language_code?: string | undefined;
}

/** Bot API: `Chat`, as messages carry it. */
export interface ChatRecord {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup" | "channel";
  readonly title?: string | undefined;
  readonly username?: string | undefined;
  readonly first_name?: string | undefined;
  readonly is_forum?: true | undefined;
}

/** Bot API: `MessageEntity`; offsets in UTF-16 units. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly [extra: string]: unknown;
}

/** Bot API: `InlineKeyboardButton`. */
export interface Button {
  readonly text: string;
  readonly callback_data?: string;
  readonly style?: "primary" | "success" | "danger";
  readonly url?: string;
  readonly copy_text?: { readonly text: string };
}

/** Bot API: `InlineKeyboardMarkup`. */
export interface Keyboard {
  readonly inline_keyboard: readonly (readonly Button[])[];
}

/** Bot API: `Message`, as far as the fake goes. Dates in seconds. */
export interface Message {
  /** 0 for ephemeral messages. */
  readonly message_id: number;
  readonly ephemeral_message_id?: number | undefined;
  /** The only person who sees the bot's ephemeral message. */
  readonly receiver_user?: Account | undefined;
  readonly from?: Account | undefined;
  readonly chat: ChatRecord;
  readonly date: number;
  readonly edit_date?: number | undefined;
  readonly message_thread_id?: number | undefined;
  readonly is_topic_message?: true | undefined;
  readonly text?: string | undefined;
  readonly entities?: readonly Entity[] | undefined;
  readonly caption?: string | undefined;
  readonly caption_entities?: readonly Entity[] | undefined;
  readonly reply_markup?: Keyboard | undefined;
  readonly reply_to_message?: Message | undefined;
  /** Not part of the Bot API's `Message`: the people's phones made a sound when it came. */
  readonly rang?: boolean | undefined;
  readonly [extra: string]: unknown;
}

/** A message that is in a chat now, as a test wants to read it. */
export interface LiveMessage {
  /** For an ephemeral message its own id: the fake never gives the same id to an ephemeral and an ordinary message. */
  readonly id: number;
  readonly chatId: number;
  readonly byBot: boolean;
  readonly fromId: number | undefined;
  /** The text, or the caption. */
  readonly text: string;
  readonly entities: readonly Entity[];
  /** The targets of its links. */
  readonly links: readonly string[];
  readonly buttons: readonly (readonly Button[])[];
  readonly threadId: number | undefined;
  readonly replyTo: number | undefined;
  /** The bot's reactions: emoji. */
  readonly reactions: readonly string[];
  /** Bot API: seconds; undefined if it was never edited. */
  readonly editedAt: number | undefined;
  /** It made a sound: the bot sent it without `disable_notification`. */
  readonly rang: boolean;
}

/** The test's view of a Bot API message. */
export function liveMessage(message: Message, botId: number, reactions: readonly string[]): LiveMessage {
  return {
    id: message.ephemeral_message_id ?? message.message_id,
    chatId: message.chat.id,
    byBot: message.from?.id === botId,
    fromId: message.from?.id,
    text: message.text ?? message.caption ?? "",
    entities: message.entities ?? message.caption_entities ?? [],
    links: (message.entities ?? message.caption_entities ?? []).flatMap(({ url }) =>
      typeof url === "string" ? url : [],
    ),
    buttons: message.reply_markup?.inline_keyboard ?? [],
    threadId: message.message_thread_id,
    replyTo: message.reply_to_message?.message_id,
    reactions,
    editedAt: message.edit_date,
    rang: message.rang === true,
  };
}

/** Whether a message has these words in it, or a link that leads there. */
export function isAbout({ text, links }: Pick<LiveMessage, "text" | "links">, part: string): boolean {
  return text.includes(part) || links.some((link) => link.includes(part));
}

/** True for anything with a message's id and chat: that is enough to be live. */
export function isMessage(value: unknown): value is Message {
  return (
    isRecord(value) && typeof value.message_id === "number" && isRecord(value.chat) && typeof value.chat.id === "number"
  );
}
