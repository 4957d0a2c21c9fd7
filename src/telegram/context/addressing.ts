import type { TelegramMessage, TelegramUser } from "gramio";

/** What a person can send other than text; service messages ("joined", "pinned", …) are not said to the bot. */
const MEDIA = new Set(
  `rich_message photo video animation audio voice video_note document sticker contact venue poll checklist dice
  story`.split(/\s+/),
);

/** Whether a person says something with this message. Only one message of an album has its caption, and speaks for all. */
export function isSaid(message: TelegramMessage): boolean {
  if (message.text !== undefined || message.caption !== undefined) return true;
  return message.media_group_id === undefined && Object.keys(message).some((kind) => MEDIA.has(kind));
}

/** What a message answers. Bot API: in a topic every message that answers no other is a "reply" to the one that opened it. */
export function answeredBy({ reply_to_message: answered }: TelegramMessage): TelegramMessage | undefined {
  return answered?.forum_topic_created === undefined ? answered : undefined;
}

/** Whether a message in a group is meant for the bot: it replies to one of the bot's, or names it. */
export function isAddressedTo(bot: TelegramUser | undefined, message: TelegramMessage): boolean {
  if (bot === undefined) return false;
  const { text = message.caption ?? "" } = message;
  if (answeredBy(message)?.from?.id === bot.id) return true;
  const entities = message.entities ?? message.caption_entities ?? [];
  return entities.some(
    ({ type, offset, length, ...entity }) =>
      (type === "mention" && text.slice(offset, offset + length).toLowerCase() === `@${bot.username?.toLowerCase()}`) ||
      (type === "text_mention" && "user" in entity && entity.user?.id === bot.id),
  );
}
