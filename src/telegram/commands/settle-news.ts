import type { Language } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { News } from "../../domain/news.ts";
import type { NewsDesk } from "../../service/tracking/news.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import { newsMessage, titleOf } from "../views/news-page.ts";

/** After their owner has acted on links elsewhere: what told that they were given up says so no more. Throws `StoreUnavailable`. */
export type SettleNews = (links: readonly Pick<Link, "id" | "chatId">[]) => void;

/** The same after what servers had was sent again elsewhere. Throws `StoreUnavailable`. */
export type SettleResent = (deliveries: readonly Pick<Delivery, "id" | "chatId">[]) => void;

/** A message that tells nothing else goes; until then, or where it is too old to be deleted, it has no buttons that would do it again. */
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
      // What was removed can be brought back, there too.
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
