import type { ChatPlace } from "./chat.ts";
import type { MessageRef } from "./message.ts";

/** What is counted of a place. */
export interface WorkCounts extends ChatPlace {
  /** Open deliveries with which their downloaders have not failed (`hasFailedThere`). */
  readonly inWork: number;
  /** Deliveries that have ended, or failed there, and whose news is still to be told. */
  readonly ended: number;
  /** The id of the newest delivery. */
  readonly newest: number;
}

/** What a place has at the downloaders now, and what has ended there and is not told yet. */
export interface OpenWork extends ChatPlace {
  readonly total: number;
  /** How many of them have ended. */
  readonly ended: number;
  /** The id of the newest delivery. */
  readonly newest: number;
}

/** The message of a place that shows what is in work there. */
export interface WorkMessage extends ChatPlace, MessageRef {
  /** Epoch ms. */
  readonly sentAt: number;
}

/** The table of these messages, so that the next run carries on with them. Each function may throw `StoreUnavailable`. */
export interface WorkMessages {
  all(): WorkMessage[];
  /** In place of the one that the place has. */
  save(message: WorkMessage): void;
  remove(place: ChatPlace): void;
}

/**
 * The table of downloads that are to be cancelled once that cannot be undone any more, by their deliveries' ids. Each function
 * may throw `StoreUnavailable`.
 */
export interface Cancellations {
  /** Changes nothing if it is already planned. */
  plan(deliveryId: number, cancelAt: number): void;
  /** Which of these deliveries are to be cancelled. */
  among(deliveryIds: readonly number[]): ReadonlySet<number>;
  drop(deliveryId: number): void;
  /** Those whose time has come (see `LONGEST_UNDO_MS`), earliest first; their deliveries may have ended meanwhile. */
  due(now: number, limit: number): number[];
}
