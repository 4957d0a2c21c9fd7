import type { TelegramMessage, TelegramUser } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Actor } from "../../domain/role.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import { type Texts, texts } from "../locales/locales.ts";
import type { Destination } from "./answer-ref.ts";

/** Who writes or presses, where, and in which language to answer. */
export interface ChatContext extends Destination {
  readonly isPrivate: boolean;
  /** The person; undefined for messages in the name of a chat, such as an anonymous admin's. */
  readonly userId: number | undefined;
  readonly username: string | undefined;
  /** Written in the name of this very chat: by an anonymous admin of a group, or in a channel. */
  readonly speaksForChat: boolean;
  readonly actor: Actor;
  readonly language: Language;
  readonly texts: Texts;
  /** In the chat's time zone. */
  readonly calendar: Calendar;
}

/** Finds out who is talking: the chat is the owner, and the better role of chat and person counts (rules 8 and 9). */
export function createChatContexts(deps: {
  access: Access;
  preferences: Preferences;
  calendarOf: (chatId: number) => Calendar;
}) {
  return (
    message: Pick<TelegramMessage, "chat" | "message_thread_id" | "is_topic_message" | "ephemeral_message_id"> & {
      readonly sender_chat?: TelegramMessage["sender_chat"] | undefined;
    },
    sender?: TelegramUser,
    /** The press under this message; left out if the message itself is what somebody says. */
    pressId?: string,
  ): ChatContext => {
    // Bot API: in a chat's own messages, `from` is a stand-in with a name of its own.
    const from = message.sender_chat === undefined ? sender : undefined;
    const chatId = message.chat.id;
    // Everyone who reads a channel can press the buttons there, so for people only their own role counts.
    const isReader = message.chat.type === "channel" && from !== undefined;
    const role = deps.access.roleOf({ chatId: isReader ? from.id : chatId, userId: from?.id });
    if (role !== "nobody") deps.preferences.saw(chatId, from?.language_code);
    const language = deps.preferences.language(chatId, from?.language_code);
    const { ephemeral_message_id: command } = message;
    return {
      chatId,
      ...(from !== undefined &&
        command !== undefined && {
          aside: { userId: from.id, asked: pressId === undefined ? { command } : { pressId } },
        }),
      threadId: (message.is_topic_message && message.message_thread_id) || null,
      isPrivate: message.chat.type === "private",
      userId: from?.id,
      username: from?.username,
      speaksForChat: message.sender_chat?.id === chatId,
      actor: { chatId, role },
      language,
      texts: texts[language],
      // Few updates need it, and each look costs one at what the chat has chosen.
      get calendar() {
        return deps.calendarOf(chatId);
      },
    };
  };
}

/** Everyone's links are for admins, but not in a group, where everybody can read them. */
export function maySeeAll({ actor, isPrivate }: Pick<ChatContext, "actor" | "isPrivate">): boolean {
  return isPrivate && actor.role === "admin";
}
