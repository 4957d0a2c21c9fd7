import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import { isActedOn } from "../../domain/news.ts";
import type { NewsDesk } from "../../service/tracking/news.ts";
import type { NewsMessages } from "../notify/news-messages.ts";

/**
 * Called when owners have acted on links elsewhere: the messages that reported them as given up no longer do. Throws `StoreUnavailable`.
 */
export type SettleNews = (links: readonly Pick<Link, "id" | "chatId">[]) => void;

/** The same after what servers had was sent again elsewhere. Throws `StoreUnavailable`. */
export type SettleResent = (deliveries: readonly Pick<Delivery, "id" | "chatId">[]) => void;

export function createSettleNews({
  desk,
  newsMessages,
}: {
  desk: Pick<NewsDesk, "ofFailed" | "ofDelivery" | "forget">;
  newsMessages: Pick<NewsMessages, "draw">;
}): {
  readonly settleNews: SettleNews;
  readonly settleResent: SettleResent;
} {
  return {
    settleNews(links) {
      const told = links.flatMap((link) => desk.ofFailed(link));
      desk.forget(told.filter(isActedOn));
      newsMessages.draw(told);
    },
    settleResent(deliveries) {
      const told = deliveries.flatMap((delivery) => desk.ofDelivery(delivery));
      desk.forget(told);
      newsMessages.draw(told);
    },
  };
}
