import type { Quality } from "./quality.ts";

/** `open` until its downloader reports the end of it, or has not known it for long. */
export type DeliveryState = "open" | "done" | "failed" | "lost";

/** The record that a downloader accepted a chat's link; kept after the link left the queue (rules 8 and 13). */
export interface Delivery {
  readonly id: number;
  /** The id that the link had in the queue: late presses carry it. */
  readonly linkId: number;
  readonly chatId: number;
  readonly threadId: number | null;
  readonly url: string;
  readonly key: string;
  readonly quality: Quality;
  readonly downloader: string;
  readonly state: DeliveryState;
  /** Epoch ms. */
  readonly acceptedAt: number;
  /** Epoch ms; null while it is open. */
  readonly closedAt: number | null;
}

/** The open record of a hand-over, written before the call: after a crash this downloader is asked first. */
export interface Attempt {
  readonly linkId: number;
  readonly downloader: string;
  /** Epoch ms of the call; `dispatch.uncertain_hold` counts from here. */
  readonly startedAt: number;
  /** How often its `Queue` was asked in vain. */
  readonly asks: number;
}

/** The table of open hand-overs. Each function may throw `StoreUnavailable`. */
export interface Attempts {
  /** Records that this downloader is about to be called, in place of any other. */
  open(attempt: Pick<Attempt, "linkId" | "downloader" | "startedAt">): void;
  byLink(linkId: number): Attempt | undefined;
  /** Counts one more time that the downloader could not be asked. */
  asked(linkId: number): void;
  close(linkId: number): void;
}

/** The table of accepted links. Each function may throw `StoreUnavailable`. */
export interface Deliveries {
  add(delivery: Omit<Delivery, "id" | "state" | "closedAt">): void;
  /** What became of a link that has left the queue. */
  byLinkId(linkId: number): Delivery | undefined;
  /** The latest delivery of this key to anyone, open ones first. */
  latestByKey(key: string): Delivery | undefined;
  /** A chat's deliveries, or everyone's, that were accepted since then. */
  since(of: { chatId?: number; acceptedAt: number }): Delivery[];
}
