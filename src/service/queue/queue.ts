import type { Delivery } from "../../domain/delivery.ts";
import { isBeingHandedOver, type Link, type LinkChange, type LinkEvent, type QueuePart } from "../../domain/link.ts";
import type { MessageRef } from "../../domain/message.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import type { Store, Together } from "../../domain/storage.ts";
import { forgetMessages } from "../cleanup/message-retention.ts";

/** How long a removed link can be brought back. */
export const UNDO_MS = 8_000;
/** More at a time would hold up the event loop. */
const PURGED_AT_ONCE = 50;

/**
 * What a press or a command did to a link; `removed` also if it was removed before. `not_yours` also stands for links that never existed,
 * so that nobody can find out about another chat's.
 */
export type Changed =
  | { readonly kind: "changed"; readonly link: Link }
  | { readonly kind: "removed"; readonly link: Link }
  | { readonly kind: "being_sent"; readonly link: Link }
  | { readonly kind: "sent"; readonly delivery: Delivery }
  | { readonly kind: "not_yours" };

/** What owners do with their links (rules 6 and 8). Each function may throw `StoreUnavailable`. */
export interface Queue {
  change(actor: Actor, linkId: number, change: LinkChange): Changed;
  /** Makes it due now; a failed one starts again with its first attempt. */
  sendNow(actor: Actor, linkId: number): Changed;
  /** Takes it out of the queue; until then (by default in `UNDO_MS`) it can be brought back as it was. */
  remove(actor: Actor, linkId: number, until?: number): Changed;
  undo(actor: Actor, linkId: number): Changed;
  /** What changing it would result in; `changed` if it could be changed. */
  look(actor: Actor, linkId: number): Changed;
  /**
   * Drops some of the links that can no longer be brought back, and plans the deletion of their messages; returns how many, 0 when all are
   * gone.
   */
  purge(): number;
  /** Changes several links, all of them or none, in one write. */
  together<T>(work: () => T extends PromiseLike<unknown> ? never : T): T extends PromiseLike<unknown> ? never : T;
  /** The same in a commit that it shares with others at that moment; see `Together`. Rejects with `StoreUnavailable`. */
  readonly shared: Together;
  /** The actor's own link with this key (see `parseLink`). */
  byKey(actor: Actor, key: string): Link | undefined;
  /** What became of the links of a person's message: those that wait in the queue, and those that were handed over, as far as is known. */
  ofMessage(message: MessageRef): { waiting: readonly Link[]; deliveries: readonly Delivery[] };
  /** A page of the actor's own links, of everyone's for an admin who asks for `all`. */
  page(
    actor: Actor,
    of: { offset: number; limit: number; all: boolean; part?: QueuePart },
  ): { links: Link[]; total: number };
}

export function createQueue(deps: {
  store: Store;
  together: Together;
  now: () => number;
  onChanged: () => void;
  report: (event: LinkEvent) => void;
}): Queue {
  const { store, now } = deps;

  /** Runs `change` on a link that the actor may change now. */
  function withQueued(actor: Actor, linkId: number, change: (link: Link) => Changed): Changed {
    return withLink(actor, linkId, (link) => (link.state === "removed" ? { kind: "removed", link } : change(link)));
  }

  /** Runs `change` on a link that the actor may change or bring back now. */
  function withLink(actor: Actor, linkId: number, change: (link: Link) => Changed): Changed {
    return store.transaction(() => {
      const link = store.links.byId(linkId);
      if (link === undefined) {
        const delivery = store.deliveries.byLinkId(linkId);
        return delivery !== undefined && mayManage(actor, delivery)
          ? { kind: "sent", delivery }
          : { kind: "not_yours" };
      }
      if (!mayManage(actor, link)) return { kind: "not_yours" };
      return isBeingHandedOver(link) ? { kind: "being_sent", link } : change(link);
    });
  }

  function update(link: Link, change: Partial<Link>): Changed {
    const changed = store.links.update(link.id, change);
    return changed === undefined ? { kind: "not_yours" } : { kind: "changed", link: changed };
  }

  return {
    change(actor, linkId, change) {
      const changed = withQueued(actor, linkId, (link) => {
        const comesBack = link.state !== "queued" && (change.sendAt !== undefined || change.downloader !== undefined);
        if (comesBack) return update(link, { sendAt: now(), ...change, state: "queued", attempts: 0 });
        // A time that its owner chose is no back-off, which a downloader that is back would cut short.
        return update(link, change.sendAt === undefined ? change : { ...change, attempts: 0, lastError: null });
      });
      deps.onChanged();
      return changed;
    },
    sendNow(actor, linkId) {
      const changed = withQueued(actor, linkId, (link) =>
        update(link, { state: "queued", sendAt: now(), attempts: link.state === "failed" ? 0 : link.attempts }),
      );
      deps.onChanged();
      return changed;
    },
    remove: (actor, linkId, until = now() + UNDO_MS) =>
      withQueued(actor, linkId, (link) => {
        const { state, sendAt } = link;
        const undo = { state, sendAt };
        const removed = store.links.update(link.id, { state: "removed", sendAt: until, undo });
        return removed === undefined ? { kind: "not_yours" } : { kind: "removed", link: removed };
      }),
    undo(actor, linkId) {
      const changed = withLink(actor, linkId, (link) => {
        if (link.undo === null) return { kind: "changed", link };
        // A downloader that takes it may have registered meanwhile: the next tick finds out.
        const waits = link.undo.state === "unmatched" || link.undo.state === "unreachable";
        const state = waits ? "queued" : link.undo.state;
        return update(link, { ...link.undo, state, undo: null });
      });
      deps.onChanged();
      return changed;
    },
    look: (actor, linkId) => withQueued(actor, linkId, (link) => ({ kind: "changed", link })),
    purge() {
      const purgeable = store.links.purgeable(now(), PURGED_AT_ONCE);
      // There are nearly always none, and then no lock is taken.
      if (purgeable.length === 0) return 0;
      store.transaction(() => {
        for (const link of purgeable) {
          store.links.remove(link.id);
          forgetMessages(store, link, now());
        }
      });
      for (const link of purgeable) deps.report({ kind: "purged", link });
      return purgeable.length;
    },
    together: (work) => store.transaction(work),
    shared: deps.together,
    byKey: ({ chatId }, key) => store.links.byKey(chatId, key),
    ofMessage: ({ chatId, messageId }) => ({
      waiting: store.links.ofMessage(chatId, messageId),
      deliveries: store.deliveries.ofMessage(chatId, messageId),
    }),
    page(actor, { all, offset, limit, ...part }) {
      const of = all && actor.role === "admin" ? part : { ...part, chatId: actor.chatId };
      return { links: store.links.page({ ...of, offset, limit }), total: store.links.count(of) };
    },
  };
}
