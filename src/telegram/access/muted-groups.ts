import type { TelegramMessage } from "gramio";
import { keepLatest } from "../../domain/keep-latest.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import { messageIdOf } from "../context/answer-ref.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { MessageReactions } from "../notify/message-reactions.ts";

/** Groups and channels in which the bot may not write: who asks it for something there gets a sign all the same. None of these throws. */
export interface MutedGroups {
  /** Somebody sent links that were taken, or a command; call it before Telegram can have refused anything about that. */
  asked(context: ChatContext, message: TelegramMessage): void;
  /**
   * Telegram refused what was to be written in the chat. Messages that asked for something shortly before get a reaction, if reactions are
   * allowed there, and whoever wrote them hears why in private, once a day at most, if they have ever started the bot. If no reactions are
   * allowed and nobody knows who wrote them, the bot's admins hear it instead, once a day for each group.
   */
  refused(chatId: number): void;
  /** The bot was thrown out: nobody there waits for a sign any more. */
  left(chatId: number): void;
}

interface Asked {
  readonly chatId: number;
  readonly title: string;
  readonly messageId: number;
  readonly userId: number | undefined;
  readonly languageCode: string | undefined;
  readonly at: number;
}

/** An answer in a busy group may wait this long for its turn. Later refusals are about something else. */
const ANSWERED_WITHIN_MS = 60_000;
const TOLD_EVERY_MS = 24 * 3_600_000;
const MOST_ASKED = 1_000;

export function createMutedGroups(deps: {
  reactions: Pick<MessageReactions, "acknowledge">;
  access: Pick<Access, "admins">;
  replies: Pick<Replies, "notify">;
  preferences: Pick<Preferences, "language">;
  /** Whether the person has lost access, and so hears nothing. */
  isShutOut: (userId: number) => boolean;
  now: () => number;
}): MutedGroups {
  const { reactions, replies, preferences, now } = deps;
  const asked = new Set<Asked>();
  const mayTell = createThrottle<string>(TOLD_EVERY_MS, now);

  /** False if nobody knows whom to tell. */
  function tell({ chatId, userId, title, languageCode }: Asked): boolean {
    if (userId === undefined) return false;
    if (deps.isShutOut(userId) || mayTell(`${chatId} ${userId}`) === undefined) return true;
    const { muted } = texts[preferences.language(userId, languageCode)].people;
    replies.notify({ chatId: userId, threadId: null }, { text: muted(title) }, { stays: true });
    return true;
  }

  function tellAdmins({ chatId, title }: Asked): void {
    if (mayTell(`${chatId}`) === undefined) return;
    for (const admin of deps.access.admins) {
      const { muted } = texts[preferences.language(admin)].admin;
      replies.notify({ chatId: admin, threadId: null }, { text: muted(title) }, { stays: true });
    }
  }

  async function giveSign(one: Asked): Promise<void> {
    const isTold = tell(one);
    const isShown = await reactions.acknowledge(one.chatId, one.messageId);
    if (!isTold && !isShown) tellAdmins(one);
  }

  return {
    asked({ chatId, isPrivate, userId }, message) {
      const messageId = messageIdOf(message);
      if (isPrivate || messageId === null) return;
      const languageCode = message.from?.language_code;
      asked.add({ chatId, title: message.chat.title ?? "", messageId, userId, languageCode, at: now() });
      keepLatest(asked, MOST_ASKED);
    },
    refused(chatId) {
      for (const one of asked) {
        if (one.chatId !== chatId) continue;
        asked.delete(one);
        if (Math.abs(now() - one.at) > ANSWERED_WITHIN_MS) continue;
        void giveSign(one);
      }
    },
    left(chatId) {
      for (const one of asked) if (one.chatId === chatId) asked.delete(one);
    },
  };
}
