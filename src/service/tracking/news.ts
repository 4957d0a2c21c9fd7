import type { ChatPlace } from "../../domain/chat.ts";
import { type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { MessageRef } from "../../domain/message.ts";
import { type FailedNews, isActedOn, type News } from "../../domain/news.ts";
import { ifAvailable, type LateWrites, type Store } from "../../domain/storage.ts";

/**
 * News is what people wait for. It is stored together with the event that it tells, and kept until somebody has read it (reliability.md
 * §3.3). "Throws" means `StoreUnavailable`.
 */
export interface NewsDesk {
  /** The places where something is to be told, only those of one chat if it is given; none while the database cannot be read. */
  untoldPlaces(chatId?: number): ChatPlace[];
  /** The first `MOST_IN_A_MESSAGE` to be told there, oldest first; what has settled itself meanwhile is forgotten. Throws. */
  untold(place: ChatPlace): News[];
  /**
   * This message tells them now. Stored within some ms, together with other writes, or later if the database cannot be used. They stay
   * untold if their group has got another id meanwhile.
   */
  told(news: readonly News[], message: MessageRef, stored: () => void): void;
  /** These are not to be told any more. Throws. */
  forget(news: readonly News[]): void;
  /** Undefined if the chat has no such news. Throws. */
  one(chatId: number, id: number): News | undefined;
  /** What a message tells, unless somebody has settled it. Throws. */
  ofMessage(message: MessageRef): News[];
  /** The same; what owners have acted on elsewhere is forgotten. Throws. */
  leftOf(message: MessageRef): News[];
  /** See `NewsTable`. Throws. */
  ofFailed(link: Pick<Link, "id" | "chatId">): FailedNews[];
  /** See `NewsTable`. Throws. */
  ofDelivery(delivery: Pick<Delivery, "id" | "chatId">): News[];
  /** Somebody has read a message. Throws. */
  read(message: MessageRef): void;
}

/** Nobody would page through a message with more; the rest goes into the next one. */
export const MOST_IN_A_MESSAGE = 2_000;

export function createNewsDesk(deps: { store: Pick<Store, "news">; lateWrites: LateWrites }): NewsDesk {
  const { store, lateWrites } = deps;
  /** Told, but not stored as told yet: while that takes some ms, or the database is locked, nothing is told twice. */
  const unstored = new Set<number>();

  function untold(place: ChatPlace): News[] {
    const all = store.news.untold(place, MOST_IN_A_MESSAGE + unstored.size).filter(({ id }) => !unstored.has(id));
    const settled = all.filter(isSettled);
    if (settled.length === 0) return all.slice(0, MOST_IN_A_MESSAGE);
    store.news.remove(settled.map(({ id }) => id));
    return untold(place);
  }

  return {
    untoldPlaces: (chatId) => ifAvailable(() => store.news.untoldPlaces(chatId)) ?? [],
    untold,
    told(news, message, stored) {
      const ids = news.map(({ id }) => id);
      for (const id of ids) unstored.add(id);
      lateWrites.writeSoon(
        "which news was told",
        () => store.news.told(ids, message),
        () => {
          for (const id of ids) unstored.delete(id);
          stored();
        },
      );
    },
    forget: (news) => store.news.remove(news.map(({ id }) => id)),
    one(chatId, id) {
      const news = store.news.byId(id);
      return news?.chatId === chatId ? news : undefined;
    },
    ofMessage: ({ chatId, messageId }) => store.news.ofMessage(chatId, messageId),
    leftOf({ chatId, messageId }) {
      const all = store.news.ofMessage(chatId, messageId);
      store.news.remove(all.filter(isActedOn).map(({ id }) => id));
      return all.filter((news) => !isActedOn(news));
    },
    ofFailed: store.news.ofFailed,
    ofDelivery: store.news.ofDelivery,
    read: ({ chatId, messageId }) => store.news.removeMessage(chatId, messageId),
  };
}

/** Nobody waits for it any more: its owner has acted on it, or later news says more. */
function isSettled(news: News): boolean {
  if (news.kind === "failed") return news.link.state !== "failed";
  const { state } = news.delivery;
  if (news.kind === "trouble") return state !== "open" && !(state === "lost" && hasFailedThere(news.delivery));
  return state === "removed" || (news.kind === "unknown" && state !== "unknown");
}
