import { type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import type { Link, NewLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Quality } from "../../domain/quality.ts";
import { ifAvailable, type Store, StoreUnavailable, type Together } from "../../domain/storage.ts";
import { forgetMessages, releaseMessage } from "../cleanup/message-retention.ts";
import type { Direct, DirectHandOver } from "../dispatch/direct-hand-over.ts";
import { createBatchFor, type SharedPrompt } from "./shared-prompt.ts";

/** The links that one message, or one HTTP call, brings. */
export interface Arrival {
  readonly chatId: number;
  readonly threadId: number | null;
  /** The person's own message; null over HTTP. */
  readonly messageId: number | null;
  /** See `Link`; false by default. */
  readonly keepsMessage?: boolean;
  /** See `senderName`. */
  readonly sender: string;
  /** The Telegram user id of the sender; left out if it is not known. */
  readonly senderId?: number | null;
  readonly quality: Quality;
  readonly folder: string | null;
  /** `title`: what the message calls it. */
  readonly links: readonly { readonly url: string; readonly key: string; readonly title?: string | null }[];
  /** The message was taken before and has been edited. */
  readonly isEdit?: boolean;
  /** Whether somebody is there to ask: then a link that came before waits until they say that they want it again. */
  readonly asksAgain?: boolean;
  /** Nobody chooses anything for it, so it is due at once. */
  readonly isDue?: boolean;
}

/** What became of one link of an arrival. */
export type Enqueued =
  /** It was added, or no longer waits for the word that it is wanted again. */
  | { readonly kind: "queued"; readonly link: Link }
  /** The chat already has it in its queue. */
  | { readonly kind: "duplicate"; readonly link: Link }
  /** A downloader is already working on it for this chat. */
  | { readonly kind: "in_delivery"; readonly delivery: Delivery }
  /** The database cannot be used, so it is being handed over bypassing the queue (rule 4). */
  | { readonly kind: "direct"; readonly direct: Direct };

/**
 * Puts an arrival into the queue: all its links or, if the database cannot be used, none of them; then each goes straight to a downloader
 * (rule 4). Of a message that was taken before, only new links count (Telegram may deliver an update twice, and people edit). If there are
 * none, the result is those of its links that still lack a prompt or, if none of them was put into the queue, where they are. Throws only
 * for edits, `StoreUnavailable`: then it cannot be known which of their links were handed over before.
 */
export type Enqueue = (arrival: Arrival) => Enqueued[];

/** The same, together with arrivals of other chats: those of one turn of the event loop are stored in one transaction. */
export type EnqueueTogether = (arrival: Arrival) => Promise<Enqueued[]>;

export function createEnqueue(deps: {
  store: Store;
  together: Together;
  direct: Pick<DirectHandOver, "begin">;
  /** Ms until a new link is due: time to choose. */
  delayMs: number;
  /** Messages of one person share a prompt if each comes within so many ms of the one before; 0: they do not. */
  burstMs: number;
  now: () => number;
  log: Log;
}): { readonly enqueue: Enqueue; readonly enqueueTogether: EnqueueTogether } {
  const { store, direct, now, log } = deps;
  const batchFor = createBatchFor({ store, burstMs: deps.burstMs, now });

  function put(arrival: Arrival): Enqueued[] {
    const { links, isEdit: _, isDue = false, asksAgain = false, ...of } = arrival;
    const { chatId, messageId } = of;
    const createdAt = now();
    const sendAt = isDue ? createdAt : createdAt + deps.delayMs;
    const keys = links.map(({ key }) => key);
    const fresh = messageId === null ? keys : store.processedMessages.take({ chatId, messageId }, keys, createdAt);
    if (fresh.length === 0) return untold(arrival);
    const cameAt = asksAgain ? store.deliveries.cameAt(chatId, fresh) : new Map<string, number>();
    let shared = batchFor(of, fresh.length);
    return links
      .filter(({ key }) => fresh.includes(key))
      .flatMap(({ url, key, title = null }): Enqueued[] => {
        const removed = store.links.byKey(chatId, key);
        const delivery = store.deliveries.openOf(chatId, key);
        const before = knownOf(removed, delivery);
        if (before !== undefined) return [asksAgain ? before : answered(before, sendAt)];
        // Somebody who sends a link again that was just removed wants it: the old one goes now, not after its time to undo.
        if (removed !== undefined) store.links.remove(removed.id);
        if (delivery !== undefined) giveUp(delivery, createdAt);
        const batchId = shared?.id ?? null;
        const state = cameAt.has(key) ? "asking" : "queued";
        const added = store.links.add({ ...of, batchId, url, key, title, state, sendAt, createdAt });
        if (removed !== undefined) forgetMessages(store, removed, createdAt);
        if (added === undefined) return [];
        shared ??= { id: added.id, promptId: null };
        return [{ kind: "queued", link: withPrompt(added, shared) }];
      });
  }

  /** A failure there is no longer reported: the link goes again, and whoever has it then says how it ends; nobody else is to try it. */
  function giveUp(delivery: Delivery, closedAt: number): void {
    const { id, key, downloader } = delivery;
    store.deliveries.update(id, { state: "removed", closedAt });
    store.supersededSubmissions.add({ key, downloader, since: closedAt });
    releaseMessage(store, delivery, closedAt);
  }

  /** Sending a link again in a way that is not asked about answers the question on its prompt. */
  function answered(before: Enqueued, sendAt: number): Enqueued {
    if (before.kind !== "duplicate" || before.link.state !== "asking") return before;
    const link = store.links.update(before.link.id, { state: "queued", sendAt });
    return link === undefined ? before : { kind: "queued", link };
  }

  /** The prompt that the batch already has becomes the link's too; without an instant, because it does not show the link yet. */
  function withPrompt(link: Link, { promptId }: SharedPrompt): Link {
    return promptId === null ? link : (store.links.update(link.id, { promptId }) ?? link);
  }

  /** What the chat already has of this link; one that it has just removed does not count. */
  const known = (chatId: number, key: string): Enqueued | undefined =>
    knownOf(store.links.byKey(chatId, key), store.deliveries.openOf(chatId, key));

  /** Links of an earlier message that may not have been answered: the bot may have died in between. */
  function untold({ chatId, messageId, links, isEdit }: Arrival): Enqueued[] {
    if (messageId === null) return [];
    const queued = store.links.ofMessage(chatId, messageId);
    if (queued.length > 0 || isEdit === true) {
      return queued.filter(({ promptId }) => promptId === null).map((link) => ({ kind: "queued", link }));
    }
    return links.flatMap(({ key }): Enqueued[] => {
      const before = known(chatId, key);
      const isThisVery = before?.kind === "in_delivery" && before.delivery.messageId === messageId;
      return before === undefined || isThisVery ? [] : [before];
    });
  }

  /**
   * Whatever can be read, usually everything, says what the chat already has. A link that it has from this very message, which Telegram
   * has delivered again, is not a duplicate: the message goes with its links, and not before.
   */
  function handOver(arrival: Arrival): Enqueued[] {
    const { links, isEdit: _, isDue: __, asksAgain: ___, ...of } = arrival;
    const there: Enqueued[] = [];
    const absent: NewLink[] = [];
    for (const { url, key, title = null } of links) {
      const before = ifAvailable(() => known(of.chatId, key));
      if (before === undefined) absent.push({ ...of, url, key, title, sendAt: now(), createdAt: now() });
      else if (before.kind !== "duplicate" || of.messageId === null || before.link.messageId !== of.messageId) {
        there.push(before);
      } else if (before.link.promptId === null) there.push({ kind: "queued", link: before.link });
    }
    return [...there, ...direct.begin(absent).map((direct) => ({ kind: "direct", direct }) as const)];
  }

  function enqueue(arrival: Arrival): Enqueued[] {
    try {
      return store.transaction(() => put(arrival));
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || arrival.isEdit) throw error;
      log.error("Cannot put links into the queue; handing them over directly", {
        code: error.code,
        links: arrival.links.length,
      });
      return handOver(arrival);
    }
  }

  return {
    enqueue,
    // What stops the others in that transaction need not stop this one.
    enqueueTogether: (arrival) => deps.together(() => put(arrival)).catch(() => enqueue(arrival)),
  };
}

/** What a chat has of a link already, by what was just read of its key. What its downloader has failed with may be sent again. */
export function knownOf(link: Link | undefined, delivery: Delivery | undefined): Enqueued | undefined {
  if (delivery !== undefined && !hasFailedThere(delivery)) return { kind: "in_delivery", delivery };
  return link === undefined || link.state === "removed" ? undefined : { kind: "duplicate", link };
}
