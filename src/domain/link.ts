import type { Quality } from "./quality.ts";

/**
 * The state of a link in the queue.
 * - `queued`: waits for `sendAt`; its owner may change it.
 * - `asking`: came to its chat before; waits, for as long as it takes, until its owner says whether it is wanted again.
 * - `sending`: claimed by a tick; no late press changes it.
 * - `uncertain`: a downloader may have it but could not be asked; `sendAt` is when it is asked again.
 * - `unmatched`: was due, but no registered downloader takes it now; it is due again when one that takes it registers, is resumed or opens.
 * - `unreachable`: was due, but none of the downloaders that take it can be reached; it goes when one of them is back.
 * - `failed`: all `dispatch.max_attempts` failed; only its owner can bring it back.
 * - `removed`: its owner took it out and may undo that until `sendAt`; then it is gone.
 *
 * A link that was accepted is not in the queue: its delivery is kept instead.
 */
export const LINK_STATES = [
  "queued",
  "asking",
  "sending",
  "uncertain",
  "unmatched",
  "unreachable",
  "failed",
  "removed",
] as const;

/** One of `LINK_STATES`. */
export type LinkState = (typeof LINK_STATES)[number];

/** The parts of a queue that people look at separately: links that wait or are just being sent, and those that have failed. */
export type QueuePart = "waiting" | "failed";

/** The part that shows a link; undefined for one that was removed. */
export function partOf({ state }: Pick<Link, "state">): QueuePart | undefined {
  if (state === "removed") return undefined;
  return state === "failed" ? "failed" : "waiting";
}

/** Why no downloader took a link, in a form that `texts` can say in any language. */
export interface Failure {
  readonly reason: "unreachable" | "refused" | "incompatible" | "silent";
  readonly downloader: string;
  /** Its own words, if it gave any when it refused the link. Text of another machine. */
  readonly says?: string;
}

/** The state of a link when its owner removed it. */
export type BeforeRemoval = Pick<Link, "state" | "sendAt">;

/** One URL that a chat has queued (rule 2). Instants are epoch ms. */
export interface Link {
  readonly id: number;
  readonly chatId: number;
  /** The topic that it came from; null for none and for General. */
  readonly threadId: number | null;
  /** The person's own message; null for a link that came over HTTP. */
  readonly messageId: number | null;
  /** Whether that message stays in the chat when its links have gone, because there is more in it than links (rule 15). */
  readonly keepsMessage: boolean;
  /** The bot's message with the keyboard; null until it was sent. */
  readonly promptId: number | null;
  /** When the prompt was sent; null without one, and while it does not show the link yet. */
  readonly promptedAt: number | null;
  /** Changes visible to people that its prompt may not show yet: it may still say what was true before. */
  readonly unshownChanges: number;
  /** The link that shares its prompt and came first; null if this is the first. See `Batch`. */
  readonly batchId: number | null;
  /** The sender as wire.md §3 wants it in `user_name`: the username, or `id<digits>`. */
  readonly sender: string;
  /** The Telegram user id of the sender; null if it is not known, for example over HTTP. */
  readonly senderId: number | null;
  /** What the message that it came in calls it; null if nothing. */
  readonly title: string | null;
  readonly url: string;
  /** The link without what is ignored in comparing: see `parseLink`. */
  readonly key: string;
  readonly quality: Quality;
  /** A name from the config's `folders`; null if there are none. */
  readonly folder: string | null;
  /** The downloader that its owner chose; null for any that matches. */
  readonly downloader: string | null;
  readonly sendAt: number;
  readonly state: LinkState;
  /** How often it was due and no downloader took it. */
  readonly attempts: number;
  readonly lastError: Failure | null;
  /** What an undo brings back; null unless the link is removed. */
  readonly undo: BeforeRemoval | null;
  readonly createdAt: number;
}

/** What a message adds to the queue. */
export type NewLink = Pick<
  Link,
  "chatId" | "threadId" | "messageId" | "sender" | "url" | "key" | "quality" | "folder" | "sendAt" | "createdAt"
> &
  Partial<Pick<Link, "keepsMessage" | "batchId" | "senderId" | "title" | "state">>;

/** The part of a waiting link that decides whether it may go now. */
export type WaitingLink = Pick<Link, "id" | "url" | "downloader" | "state" | "attempts" | "sendAt">;

/** The part of a link that says which prompt it is in. */
export type PromptedLink = Pick<Link, "id" | "batchId" | "chatId">;

/** What its owner can change until it is sent (rule 6). */
export type LinkChange = Partial<Pick<Link, "quality" | "folder" | "downloader" | "sendAt">>;

/** True while the downloader may already have it, so that no press can change it. */
export function isBeingHandedOver(link: Pick<Link, "state">): boolean {
  return link.state === "sending" || link.state === "uncertain";
}

/** Where a link stands in its chat's line: the one that has been due longest goes first. */
export type Position = Pick<Link, "sendAt" | "id">;

/** What the dispatcher did with a link; told after it is stored. */
export type LinkEvent =
  /** `sharesPrompt`: other links that wait are in its prompt. */
  | { readonly kind: "delivered"; readonly link: Link; readonly downloader: string; readonly sharesPrompt: boolean }
  | {
      readonly kind: "postponed" | "unmatched" | "unreachable" | "failed" | "uncertain" | "requeued";
      readonly link: Link;
    }
  /** Its owner has removed it, and can no longer bring it back. */
  | { readonly kind: "purged"; readonly link: Link }
  /** It came while the database could not be used, and has no prompt yet. */
  | { readonly kind: "queued"; readonly link: Link }
  /** It came then, but cannot be put into the queue now because of a bug; `downloader` has it or may have it. */
  | { readonly kind: "not_stored"; readonly link: NewLink; readonly downloader: string | null };

/** The queue's table. Each function may throw `StoreUnavailable`. */
export interface Links {
  /** Adds a link; undefined if the chat already has one with the same key. */
  add(link: NewLink): Link | undefined;
  byId(id: number): Link | undefined;
  byKey(chatId: number, key: string): Link | undefined;
  /** Of all chats. */
  ofKey(key: string): Link[];
  ofMessage(chatId: number, messageId: number): Link[];
  hasMessage(chatId: number, messageId: number): boolean;
  /** The links that share a prompt, in the order in which they came; see `Batch`. */
  ofBatch(batchId: number): Link[];
  hasBatch(batchId: number): boolean;
  /**
   * The latest link from the same sender in the same place, up to `createdUntil`: since `createdSince` or, if it has no prompt yet, since
   * `unpromptedSince`.
   */
  latestFrom(of: {
    from: Pick<Link, "chatId" | "threadId" | "sender" | "senderId">;
    createdSince: number;
    createdUntil: number;
    unpromptedSince: number;
  }): Link | undefined;
  /** Chats with due links, in the order of their ids. */
  dueChats(now: number): number[];
  /**
   * The chat's link that has been due longest; with `after`, of those behind it. A link whose duplicate (same key, another chat) is being
   * handed over is left out until that is settled.
   */
  nextDue(of: { chatId: number; now: number; after?: Position | undefined }): Link | undefined;
  /** Changes a link, whose prompt does not show that yet; returns it as it is afterwards, or undefined if it is gone. */
  update(id: number, change: Partial<Omit<Link, "id" | "chatId" | "key" | "createdAt">>): Link | undefined;
  /** From now on it is being handed over. */
  claim(id: number): void;
  /** Makes a message the prompt of a whole batch; unless said otherwise, it shows the batch as it is. Null removes the prompt. */
  setPrompt(
    batchId: number,
    prompt: Pick<Link, "promptId" | "promptedAt"> & Partial<Pick<Link, "unshownChanges">>,
  ): void;
  /** Returns it as it was. */
  remove(id: number): Link | undefined;
  /** Removes all of a chat's links that are not being handed over; each can be brought back until then. Returns how many. */
  removeAllOf(chatId: number, until: number): number;
  /** Brings back the links that were removed together, whose undo ends at `until`. */
  restoreAllOf(chatId: number, until: number): void;
  /** Links that are `sending` or `uncertain`. */
  beingHandedOver(): Link[];
  /** Links that no downloader takes, with an id above `after`, in the order of their ids. */
  unmatched(of: { after: number; limit: number }): WaitingLink[];
  /** Links that wait for a downloader to be back, or for their next attempt, with an id above `after`, in the order of their ids. */
  postponed(of: { after: number; limit: number }): WaitingLink[];
  /** Links with an id below `before`, the latest first. */
  newest(of: { before: number; limit: number }): Link[];
  /** Links without a prompt, in chats that can be written to, oldest first: a crash came between storing and showing them. */
  unprompted(of: { createdSince: number; limit: number }): Link[];
  /** Its prompt shows it as it was after this many changes; does nothing if there were more in the meantime. */
  shown(of: Pick<Link, "id" | "unshownChanges">): void;
  /** Links with changes that their prompt may not show, in chats that can be written to. */
  behind(): PromptedLink[];
  /** Links that share a prompt with one of the `most` that were handed over last, in chats that can be written to. */
  besideHandedOver(most: number): PromptedLink[];
  /** Links whose prompt was sent by another bot, and that this one has not shown yet, in chats that can be written to. */
  inherited(limit: number): Link[];
  /** Removed links that can no longer be brought back (see `LONGEST_UNDO_MS`), at most `limit`. */
  purgeable(now: number, limit: number): Link[];
  /** The chat's removed links whose undo ends at exactly that time, with an id above `after`, in the order of their ids. */
  removedTogether(of: { chatId: number; until: number; after: number; limit: number }): Link[];
  /** Links whose prompt was sent before then, in chats that can be written to, oldest prompt first. */
  promptedBefore(promptedAt: number, limit: number): Link[];
  /** The chat's links without a prompt. */
  unpromptedOf(chatId: number): Link[];
  /** A page of the queue or of a part of it, failed ones last, earliest first; of one chat, or of all. Without removed ones. */
  page(of: { chatId?: number; part?: QueuePart; offset: number; limit: number }): Link[];
  count(of: { chatId?: number; part?: QueuePart }): number;
  /** What all pages of a chat's part show, by id. */
  idsOf(of: { chatId: number; part: QueuePart }): number[];
  /** Brings at most `limit` links that a leap of the clock put further away than `latest` back to `now`; returns how many. */
  bringBack(of: { now: number; latest: number; limit: number }): number;
}
