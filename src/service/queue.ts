import type { Delivery } from "../domain/delivery.ts";
import { isBeingHandedOver, type Link, type LinkChange } from "../domain/link.ts";
import { type Actor, mayManage } from "../domain/role.ts";
import type { Store } from "../domain/storage.ts";
import { forgetMessages } from "./settlement.ts";

/**
 * What a press or a command did to a link. `not_yours` also stands for links that never were, so that nobody can find
 * out about another chat's.
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
  /** Makes it due now; a failed one starts again from its first attempt. */
  sendNow(actor: Actor, linkId: number): Changed;
  remove(actor: Actor, linkId: number): Changed;
  /** Makes this message the link's prompt; another one that there was is planned to be deleted. */
  adoptPrompt(link: Link, promptId: number): Link;
  /** A page of the actor's own links, of everyone's for an admin who asks for `all`. */
  page(actor: Actor, of: { offset: number; limit: number; all: boolean }): { links: Link[]; total: number };
}

export function createQueue(deps: { store: Store; now: () => number; nudge: () => void }): Queue {
  const { store, now } = deps;

  /** Runs `change` on a link that the actor may change now. */
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
      const changed = withLink(actor, linkId, (link) => {
        const comesBack = link.state !== "queued" && (change.sendAt !== undefined || change.downloader !== undefined);
        return update(link, comesBack ? { sendAt: now(), ...change, state: "queued", attempts: 0 } : change);
      });
      deps.nudge();
      return changed;
    },
    sendNow(actor, linkId) {
      const changed = withLink(actor, linkId, (link) =>
        update(link, { state: "queued", sendAt: now(), attempts: link.state === "failed" ? 0 : link.attempts }),
      );
      deps.nudge();
      return changed;
    },
    remove: (actor, linkId) =>
      withLink(actor, linkId, (link) => {
        store.links.remove(link.id);
        forgetMessages(store, link, now());
        return { kind: "removed", link };
      }),
    adoptPrompt: (link, promptId) =>
      store.transaction(() => {
        const { chatId, promptId: other } = link;
        if (other !== null) store.deletions.add({ chatId, messageId: other, deleteAt: now() });
        return store.links.update(link.id, { promptId }) ?? link;
      }),
    page(actor, { offset, limit, all }) {
      const of = all && actor.role === "admin" ? {} : { chatId: actor.chatId };
      return { links: store.links.page({ ...of, offset, limit }), total: store.links.count(of) };
    },
  };
}
