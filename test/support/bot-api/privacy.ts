import type { Chat } from "./chats.ts";
import type { Account, Message } from "./message.ts";

/** Bot API: privacy mode, which a bot is in until its owner turns that off at @BotFather. */
export interface Privacy {
  isOn: boolean;
  /** Whether the bot gets what a person writes there. */
  lets(chat: Chat, message: Message): boolean;
}

export function createPrivacy(bot: Account): Privacy {
  const isMention = ({ text = "", entities = [] }: Message) =>
    entities.some(
      ({ type, offset, length }) => type === "mention" && text.slice(offset, offset + length) === `@${bot.username}`,
    );
  return {
    isOn: false,
    lets(chat, message) {
      if (!this.isOn || chat.botIsAdmin || !chat.record.type.endsWith("group")) return true;
      const isForBots = message.text?.startsWith("/") === true;
      return isForBots || isMention(message) || message.reply_to_message?.from?.id === bot.id;
    },
  };
}
