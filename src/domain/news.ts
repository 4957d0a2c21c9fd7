import type { ChatPlace } from "./chat.ts";
import type { Delivery, DeliveryEvent } from "./delivery.ts";
import type { Link } from "./link.ts";
import type { MessageRef } from "./message.ts";

/**
 * What people wait for: how a delivery ended, or that a downloader has trouble with it (`DeliveryEvent`); or `failed`: the queue has given
 * the link up.
 */
export type NewsKind = DeliveryEvent["kind"] | "failed";

/**
 * One piece of news, written together with the change that it reports. `about` is the id of the delivery, or of the link if it is
 * `failed`.
 */
export interface NewNews extends ChatPlace {
  readonly kind: NewsKind;
  readonly about: number;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** One piece of news, together with its subject as it is now. */
export type News = ToldNews &
  ({ readonly kind: DeliveryEvent["kind"]; readonly delivery: Delivery } | Pick<FailedNews, "kind" | "link">);

/** The news that the queue has given a link up. */
export type FailedNews = ToldNews & { readonly kind: "failed"; readonly link: Link };

interface ToldNews extends ChatPlace {
  readonly id: number;
  /** The message that told it; null until one has. */
  readonly messageId: number | null;
}

/** Its link is in the queue again, or was handed over since. One that was removed can still be brought back. */
export function isActedOn(news: News): boolean {
  if (news.kind !== "failed") return news.delivery.state === "removed";
  return news.link.state !== "failed" && news.link.state !== "removed";
}

/** The table of news that nobody has read. Each function may throw `StoreUnavailable`. */
export interface NewsTable {
  /** Adds it, unless the same news already waits to be told. */
  add(news: NewNews): void;
  /** The places where something is to be told; only those of one chat if it is given. */
  untoldPlaces(chatId?: number): ChatPlace[];
  /** What is to be told there, oldest first. News whose subject is gone is left out, here and below. */
  untold(place: ChatPlace, limit: number): News[];
  /** Records that this message told these, except those that belong to another chat by now: a group's id has changed. */
  told(ids: readonly number[], message: MessageRef): void;
  /** What a message tells. */
  ofMessage(chatId: number, messageId: number): News[];
  /** What messages tell of a link that was given up. */
  ofFailed(link: Pick<Link, "id" | "chatId">): FailedNews[];
  /** What messages tell of a delivery. */
  ofDelivery(delivery: Pick<Delivery, "id" | "chatId">): News[];
  byId(id: number): News | undefined;
  /** Forgets these: they were read, or are no longer news. */
  remove(ids: readonly number[]): void;
  /** Forgets what a message told: it was read. */
  removeMessage(chatId: number, messageId: number): void;
  /** Forgets at most `limit` that came before then, or whose subject is gone; returns how many. */
  forgetBefore(createdAt: number, limit: number): number;
  /** At most `limit` that came later than `latest` came `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
}
