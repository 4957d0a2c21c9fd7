import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Quality } from "../../domain/quality.ts";
import { type Store, StoreUnavailable } from "../../domain/storage.ts";
import { forgetMessages } from "../cleanup/message-retention.ts";
import type { Outcomes } from "../dispatch/outcomes.ts";
import type { SubmissionResult, Submitter } from "../dispatch/submitter.ts";
import type { Registry } from "../fleet/registry.ts";

/** Links that one message, or one HTTP call, brings. */
export interface Arrival {
  readonly chatId: number;
  readonly threadId: number | null;
  /** The person's own message; null over HTTP. */
  readonly messageId: number | null;
  /** See `senderName`. */
  readonly sender: string;
  readonly quality: Quality;
  readonly folder: string | null;
  readonly links: readonly { readonly url: string; readonly key: string }[];
  /** The message was taken before and has changed. */
  readonly isEdit?: boolean;
}

/** What became of one link of an arrival. */
export type Enqueued =
  | { readonly kind: "queued"; readonly link: Link }
  /** The chat has it in its queue already. */
  | { readonly kind: "duplicate"; readonly link: Link }
  /** A downloader is at it for this chat already. */
  | { readonly kind: "in_delivery"; readonly delivery: Delivery }
  /** The database cannot be used, and it was handed over past the queue (rule 4). */
  | { readonly kind: "sent"; readonly url: string; readonly downloader: string }
  /** Neither stored nor surely sent: `maybe` names the downloader that may have it. */
  | { readonly kind: "lost"; readonly url: string; readonly maybe: string | undefined };

/**
 * Puts an arrival into the queue: all its links or, where the database cannot be used, none, and then each goes straight
 * to a downloader (rule 4). Of a message that was taken before only what is new in it counts (Telegram may deliver an
 * update twice, and people edit); where nothing is, it yields those of its links that still lack a prompt. Rejects only
 * for edits, with `StoreUnavailable`: what of them was handed over before cannot be known then.
 */
export type Enqueue = (arrival: Arrival) => Promise<Enqueued[]>;

export function createEnqueue(deps: {
  store: Store;
  registry: Registry;
  submitter: Submitter;
  outcomes: Pick<Outcomes, "recordUnqueued">;
  /** Ms until a new link is due: time to choose. */
  delayMs: number;
  now: () => number;
  log: Log;
}): Enqueue {
  const { store, registry, submitter, outcomes, now, log } = deps;

  function put(arrival: Arrival): Enqueued[] {
    const { links, isEdit: _, ...of } = arrival;
    const { chatId, messageId } = of;
    const createdAt = now();
    const keys = links.map(({ key }) => key);
    const fresh = messageId === null ? keys : store.processedMessages.take({ chatId, messageId }, keys, createdAt);
    if (fresh.length === 0) return unprompted(chatId, messageId);
    return links
      .filter(({ key }) => fresh.includes(key))
      .flatMap(({ url, key }): Enqueued[] => {
        const delivery = store.deliveries.openOf(chatId, key);
        if (delivery !== undefined) return [{ kind: "in_delivery", delivery }];
        const known = store.links.byKey(chatId, key);
        if (known !== undefined && known.state !== "removed") return [{ kind: "duplicate", link: known }];
        // Whoever sends a link again that was just removed wants it: the old one goes now, not after its time to undo.
        if (known !== undefined) store.links.remove(known.id);
        const link = store.links.add({ ...of, url, key, sendAt: createdAt + deps.delayMs, createdAt });
        if (known !== undefined) forgetMessages(store, known, createdAt);
        return link === undefined ? [] : [{ kind: "queued", link }];
      });
  }

  function unprompted(chatId: number, messageId: number | null): Enqueued[] {
    if (messageId === null) return [];
    const links = store.links.ofMessage(chatId, messageId).filter((link) => link.promptId === null);
    return links.map((link) => ({ kind: "queued", link }));
  }

  async function sendDirectly(arrival: Arrival, url: string, key: string): Promise<Enqueued> {
    const { names: candidates } = registry.order({ url, downloader: null });
    const result: SubmissionResult | undefined =
      candidates.length > 0
        ? (await submitter.submit({ ...arrival, id: null, url, key }, candidates)).result
        : undefined;
    if (result?.kind === "accepted") {
      const { links: _, isEdit: __, ...of } = arrival;
      outcomes.recordUnqueued({ ...of, url, key, sendAt: now(), createdAt: now() }, result.downloader);
      return { kind: "sent", url, downloader: result.downloader };
    }
    return { kind: "lost", url, maybe: result?.kind === "uncertain" ? result.downloader : undefined };
  }

  return async (arrival) => {
    try {
      return store.transaction(() => put(arrival));
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || arrival.isEdit) throw error;
      log.error("Cannot put links into the queue; handing them over directly", {
        code: error.code,
        links: arrival.links.length,
      });
      return Promise.all(arrival.links.map(({ url, key }) => sendDirectly(arrival, url, key)));
    }
  };
}
