import type { ChatPlace, Language } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageRef } from "../../domain/message.ts";
import type { News } from "../../domain/news.ts";
import { ifAvailable } from "../../domain/storage.ts";
import { type Wait, within } from "../../domain/wait.ts";
import { MOST_IN_A_MESSAGE, type NewsDesk } from "../../service/tracking/news.ts";
import { type Content, contentParams } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { Outbox, SendResult } from "../outbox/outbox.ts";
import { newsMessage, titleOf } from "../views/news-page.ts";
import { isSame } from "./work-message.ts";

/** The messages that tell chats their news, until it is read. */
export interface NewsMessages {
  /**
   * Sends one with what is untold in this place by then; `onTelling` gets that just before each try. `isFull`: there may be more to tell.
   * Never rejects.
   */
  send(
    place: ChatPlace,
    onTelling: (news: readonly News[]) => void,
  ): Promise<{ readonly sent: SendResult<unknown>; readonly isFull: boolean }>;
  /**
   * Something has become of this news: each message that told some of it shows what is left there, or is deleted. Throws
   * `StoreUnavailable`.
   */
  draw(told: readonly News[]): void;
  /** Draws the message about a delivery again, after what people wait for: more can now be done about it. Never throws. */
  renew(delivery: Pick<Delivery, "id" | "chatId">): void;
  /**
   * Resolves with true once all that is to be known about a message is known: people see one, and press its buttons, before Telegram has
   * answered that it was sent. False if that takes longer than somebody waits for a press. Rejects with `StoreUnavailable`.
   */
  isKnown(message: MessageRef): Promise<boolean>;
}

/** The button spins as long as this, and what else comes from its chat waits. */
const PRESS_MS = 5_000;

export function createNewsMessages(deps: {
  desk: NewsDesk;
  outbox: Outbox;
  replies: Pick<Replies, "edit" | "discard">;
  languageOf: (chatId: number) => Language;
  /** Whether nothing may make a sound there now. */
  isQuiet: (chatId: number) => boolean;
  wait: Wait;
}): NewsMessages {
  const { desk, outbox, replies, languageOf } = deps;
  /** The latest message to each chat that is on its way; it resolves when its id is stored, or when there is no answer. */
  const underWay = new Map<number, Promise<void>>();
  const contentOf = (chatId: number, news: readonly News[]): Content =>
    newsMessage(news, { texts: texts[languageOf(chatId)] });

  /** What has become of news while its message was on its way is not shown there yet. */
  function catchUp(message: MessageRef, shown: Content): void {
    const left = desk.leftOf(message);
    const content = contentOf(message.chatId, left);
    if (left.length === 0) replies.discard(message.chatId, message.messageId);
    else if (!isSame(shown, content)) replies.edit(message, content);
  }

  /** `call` sends a message, and calls `stored` when it is known which news that tells. */
  async function begin<T>(chatId: number, call: (stored: () => void) => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    underWay.set(chatId, promise);
    const end = () => {
      if (underWay.get(chatId) === promise) underWay.delete(chatId);
      resolve();
    };
    try {
      return await call(end);
    } catch (error) {
      end();
      throw error;
    }
  }

  return {
    async send(place, onTelling) {
      const { chatId, threadId } = place;
      let isFull = false;
      const sent = await outbox.send(chatId, { priority: "notice", key: `news ${threadId}` }, async (api) => {
        const news = desk.untold(place);
        isFull = news.length >= MOST_IN_A_MESSAGE;
        if (news.length === 0) return undefined;
        onTelling(news);
        const content = contentOf(chatId, news);
        return begin(chatId, async (stored) => {
          const message = await api.sendMessage({
            chat_id: chatId,
            ...contentParams(content),
            ...(threadId !== null && { message_thread_id: threadId }),
            disable_notification: deps.isQuiet(chatId),
          });
          const shown = { chatId: message.chat.id, messageId: message.message_id };
          // Before anything else is sent there, which would tell these too.
          desk.told(news, shown, () => {
            stored();
            ifAvailable(() => catchUp(shown, content));
          });
          return message;
        });
      });
      return { sent, isFull };
    },
    draw(told) {
      for (const [messageId, [one]] of Map.groupBy(told, (news) => news.messageId)) {
        if (messageId === null || one === undefined) continue;
        const { chatId } = one;
        const left = desk.ofMessage({ chatId, messageId });
        // Until it is deleted, or if it is too old for that, it has no buttons that would act again.
        const read = { text: texts[languageOf(chatId)].news.again(titleOf(one)) };
        replies.edit({ chatId, messageId }, left.length > 0 ? contentOf(chatId, left) : read);
        if (left.length === 0) replies.discard(chatId, messageId);
      }
    },
    async isKnown(message) {
      const sending = underWay.get(message.chatId);
      if (sending === undefined || desk.ofMessage(message).length > 0) return true;
      const known = sending.then(() => true);
      return (await within(known, { ms: PRESS_MS, wait: deps.wait })) ?? false;
    },
    renew(delivery) {
      const { chatId } = delivery;
      const told = ifAvailable(() => desk.ofDelivery(delivery)) ?? [];
      for (const messageId of new Set(told.flatMap((news) => news.messageId ?? []))) {
        void outbox.send(chatId, { priority: "notice", key: `news of ${messageId}` }, async (api) => {
          const all = desk.ofMessage({ chatId, messageId });
          if (all.length === 0) return undefined;
          return api.editMessageText({
            chat_id: chatId,
            message_id: messageId,
            ...contentParams(contentOf(chatId, all)),
          });
        });
      }
    },
  };
}
