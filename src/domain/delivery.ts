import type { ChatPlace } from "./chat.ts";
import type { DownloadStatus } from "./downloader.ts";
import type { WorkCounts } from "./in-work.ts";
import type { Quality } from "./quality.ts";

/**
 * `open` until its downloader reports the end, or has not known it for a long time. `lost`: it vanished before it was downloaded, as far
 * as anyone saw. `unknown`: it vanished when it may have been on its way to its folder, and nothing shows whether it arrived; if something
 * does within some days, it becomes `done`. `removed`: its chat, or an admin, took it out; nobody is told what becomes of it.
 */
export type DeliveryState = "open" | "done" | "lost" | "unknown" | "removed";

/** For how long a delivery decides whose a download is (rules.md §3.4); none is forgotten earlier. */
export const OWNED_MS = 30 * 24 * 3_600_000;

/** The record that a downloader accepted a chat's link; kept after the link left the queue (rules 8 and 13). */
export interface Delivery {
  readonly id: number;
  /** The id that the link had in the queue: buttons that are pressed late refer to it. */
  readonly linkId: number;
  readonly chatId: number;
  readonly threadId: number | null;
  /** The person's own message, as long as it shows reactions; null once rule 15 has deleted it. */
  readonly messageId: number | null;
  /** As in `Link`: the first link of its batch; null if this is the first. */
  readonly batchId: number | null;
  /** See `Link`. */
  readonly keepsMessage: boolean;
  readonly sender: string;
  /** As in `Link`. */
  readonly senderId: number | null;
  /** As in `Link`. */
  readonly title: string | null;
  readonly url: string;
  readonly key: string;
  readonly quality: Quality;
  readonly folder: string | null;
  readonly downloader: string;
  readonly state: DeliveryState;
  /** As its downloader last reported it; null before the first report. */
  readonly status: DownloadStatus | null;
  readonly name: string | null;
  /** What its downloader said about trouble with it. */
  readonly trouble: string | null;
  /** Epoch ms of the latest report, accurate to an hour, and for an `unknown` end before that end; null before the first report. */
  readonly seenAt: number | null;
  /** Epoch ms. */
  readonly acceptedAt: number;
  /** Epoch ms; null while it is open. */
  readonly closedAt: number | null;
}

/**
 * Whether its downloader has failed with it and has not taken it up again. The downloader reports that for as long as it lists the link
 * (wire.md §2.3); that it stops listing it some day is not news.
 */
export function hasFailedThere({ status, trouble }: Pick<Delivery, "status" | "trouble">): boolean {
  return status === "NEW" && trouble !== null;
}

/** Whether its downloader has it, and is still to do something with it. */
export function isInWork(delivery: Pick<Delivery, "state" | "status" | "trouble">): boolean {
  return delivery.state === "open" && !hasFailedThere(delivery);
}

/**
 * What was learned about a delivery; told once each, after it is stored.
 * - `done`: it is ready; its `trouble` then is what is missing from it.
 * - `trouble`: its downloader says that something is wrong; it may still be done later.
 * - `lost`: its downloader no longer has it, and was not seen to finish it. If it has failed there, that was told as `trouble`.
 * - `unknown`: its downloader no longer shows it, and may have sent it to its folder; whether it has arrived is not known.
 */
export interface DeliveryEvent {
  readonly kind: "done" | "trouble" | "lost" | "unknown";
  /** As it is after the event. */
  readonly delivery: Delivery;
}

/** A call that has not ended, recorded before it was made: after a crash this downloader is asked first. */
export interface Attempt {
  readonly linkId: number;
  readonly downloader: string;
  /** Epoch ms of the call; `dispatch.uncertain_hold` counts from here. */
  readonly startedAt: number;
  /** How many times its `Queue` could not be asked. */
  readonly asks: number;
}

/** A delivery as it begins. */
export type NewDelivery = Omit<
  Delivery,
  "id" | "state" | "status" | "name" | "trouble" | "seenAt" | "closedAt" | OptionalAtFirst
> &
  Partial<Pick<Delivery, OptionalAtFirst>>;

type OptionalAtFirst = "keepsMessage" | "batchId" | "senderId" | "title";

/** A link that may still turn up at this downloader although it went elsewhere, or is about to (reliability.md §2.4). */
export interface SupersededSubmission {
  readonly key: string;
  readonly downloader: string;
  /** Epoch ms when that last became true. */
  readonly since: number;
}

/** The table of superseded submissions. Each function may throw `StoreUnavailable`. */
export interface SupersededSubmissions {
  /** Adds it, or renews the existing one. */
  add(superseded: SupersededSubmission): void;
  of(downloader: string): SupersededSubmission[];
  /** Downloaders that have any. */
  downloaders(): readonly string[];
  remove(superseded: Pick<SupersededSubmission, "key" | "downloader">): void;
  /** Forgets at most `limit` of them; returns how many. */
  forgetBefore(since: number, limit: number): number;
  /** At most `limit` that were superseded later than `latest` were so `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
}

/** The table of open attempts. Each function may throw `StoreUnavailable`. */
export interface Attempts {
  /** Records that this downloader is about to be called, in place of any other. */
  open(attempt: Pick<Attempt, "linkId" | "downloader" | "startedAt">): void;
  byLink(linkId: number): Attempt | undefined;
  /** Counts one more time that the downloader could not be asked. */
  asked(linkId: number): void;
  close(linkId: number): void;
}

/** The place of a delivery among the done ones of its chat, which are listed latest first. */
export type DonePlace = Pick<Delivery, "id" | "closedAt">;

/** What is searched to find a done delivery. */
export type DoneName = DonePlace & Pick<Delivery, "title" | "name" | "url">;

/** The table of accepted links. Each function may throw `StoreUnavailable`. */
export interface Deliveries {
  add(delivery: NewDelivery): void;
  byId(id: number): Delivery | undefined;
  update(
    id: number,
    change: Partial<
      Pick<Delivery, "state" | "status" | "name" | "trouble" | "seenAt" | "closedAt" | "messageId" | "keepsMessage">
    >,
  ): void;
  /** Open deliveries of one downloader, or of all, oldest first. */
  open(downloader?: string): Delivery[];
  /** The keys of one downloader's open deliveries that it has not begun, according to its latest report. */
  waitingKeys(downloader: string): string[];
  /** Some of one downloader's open deliveries, oldest first: those that came after the one with this id. */
  openAfter(of: { downloader: string; after: number; limit: number }): Delivery[];
  /** Downloaders that have open deliveries. */
  downloaders(): readonly string[];
  /** Everyone's deliveries that were closed as unknown since then. */
  unknownSince(closedAt: number): Delivery[];
  /** Downloaders that have open deliveries which may be running, according to the latest report. */
  atWork(): readonly string[];
  /** The places where something is in work, or has ended and has not been told yet; only those of one chat if it is given. */
  workPlaces(chatId?: number): readonly WorkCounts[];
  /** What a place has in work: first what is running, then what is on its way to its folder, then what is waiting. */
  openAt(place: ChatPlace, limit: number): Delivery[];
  /** Everyone's deliveries of one link, at any downloader. */
  ofKey(key: string): Delivery[];
  /** The deliveries of links that share a prompt, in the order in which the links came; see `Batch`. */
  ofBatch(batchId: number): Delivery[];
  /** Those that still keep the person's message. */
  ofMessage(chatId: number, messageId: number): Delivery[];
  /** Forgets at most `limit` that were closed before then, and returns how many; whose they were no longer matters. */
  forgetClosedBefore(closedAt: number, limit: number): number;
  /** At most `limit` that were closed later than `latest` were closed `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
  /** Forgets at most `limit` of the chat's closed ones, except those whose end it is still to be told; returns how many. */
  forgetClosedOf(chatId: number, limit: number): number;
  /** The chat's done deliveries, latest first. */
  doneOf(chatId: number, of: { offset: number; limit: number }): Delivery[];
  countDoneOf(chatId: number): number;
  /** When links with these keys last came to the chat, by key; keys that never came are left out. */
  cameAt(chatId: number, keys: readonly string[]): Map<string, number>;
  /** The names of the chat's done deliveries, latest first; only those after `after`, if it is given. */
  doneNamesOf(chatId: number, of: { after: DonePlace | undefined; limit: number }): DoneName[];
  /** The chat's open delivery with this key, which is being downloaded right now. */
  openOf(chatId: number, key: string): Delivery | undefined;
  /** What became of a link that has left the queue. */
  byLinkId(linkId: number): Delivery | undefined;
  /** The latest delivery with this key, of any chat; those in work (`isInWork`) first. */
  latestByKey(key: string): Delivery | undefined;
  /** A chat's deliveries, or everyone's, that were accepted since then. */
  since(of: { chatId?: number; acceptedAt: number }): Delivery[];
}
