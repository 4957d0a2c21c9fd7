import type { Language } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { News } from "../../domain/news.ts";
import type { NewsDesk } from "../../service/tracking/news.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import { newsMessage, titleOf } from "../views/news-page.ts";

/**
 * Called when owners have acted on links elsewhere: the messages that reported them as given up no longer do. Throws `StoreUnavailable`.
 */
export type SettleNews = (links: readonly Pick<Link, "id" | "chatId">[]) => void;

/** The same after what servers had was sent again elsewhere. Throws `StoreUnavailable`. */
export type SettleResent = (deliveries: readonly Pick<Delivery, "id" | "chatId">[]) => void;

/** A message with no other news is deleted; until then, or if it is too old for that, it has no buttons that would act again. */
export function createSettleNews(deps: {
  desk: NewsDesk;
  replies: Pick<Replies, "edit" | "discard">;
  languageOf: (chatId: number) => Language;
}): { readonly settleNews: SettleNews; readonly settleResent: SettleResent } {
  const { desk, replies, languageOf } = deps;

  function draw(told: readonly News[]): void {
    for (const [messageId, [one]] of Map.groupBy(told, (news) => news.messageId)) {
      if (messageId === null || one === undefined) continue;
      const { chatId } = one;
      const words = texts[languageOf(chatId)];
      const left = desk.ofMessage({ chatId, messageId });
      replies.edit(
        { chatId, messageId },
        left.length > 0 ? newsMessage(left, { texts: words }) : { text: words.news.again(titleOf(one)) },
      );
      if (left.length === 0) replies.discard(chatId, messageId);
    }
  }

  return {
    settleNews(links) {
      const told = links.flatMap((link) => desk.ofFailed(link));
      // A removed link can be brought back, in that message too.
      desk.forget(told.filter(({ link }) => link.state !== "failed" && link.state !== "removed"));
      draw(told);
    },
    settleResent(deliveries) {
      const told = deliveries.flatMap((delivery) => desk.ofDelivery(delivery));
      desk.forget(told);
      draw(told);
    },
  };
}
