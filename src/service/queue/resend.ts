import { type Deliveries, type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import type { Links } from "../../domain/link.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import { type Enqueue, type Enqueued, knownOf } from "./enqueue.ts";
import type { CheckQuota, Excess } from "./quota.ts";

/**
 * `not_yours` also stands for deliveries that never existed; `outdated`: it is no longer as it was when the button was drawn; `too_many`:
 * see `CheckQuota`.
 */
export type Resent =
  | Enqueued
  | { readonly kind: "not_yours" | "outdated" }
  | { readonly kind: "too_many"; readonly excess: Excess };

/** Puts a link that its downloader has lost, or has failed with, into the queue again, as it was. Throws `StoreUnavailable`. */
export type Resend = (actor: Actor, deliveryId: number) => Resent;

/** Who wants something again, and where. */
export type Asker = Pick<Delivery, "sender" | "senderId" | "threadId">;

/** Puts a link that has already come to this very chat into its queue again, for whoever asks now. Throws `StoreUnavailable`. */
export type FetchAgain = (actor: Actor, deliveryId: number, by: Asker) => Resent;

export function createResend(deps: {
  deliveries: Pick<Deliveries, "byId" | "openOf">;
  links: Pick<Links, "byKey">;
  enqueue: Enqueue;
}): Resend {
  const { deliveries, links } = deps;

  /** Where it is after it was sent again, by an earlier press or otherwise. */
  const knownAgain = ({ chatId, key }: Delivery) => knownOf(links.byKey(chatId, key), deliveries.openOf(chatId, key));

  return (actor, deliveryId) => {
    const delivery = deliveries.byId(deliveryId);
    if (delivery === undefined || !mayManage(actor, delivery)) return { kind: "not_yours" };
    if (delivery.state === "removed") return knownAgain(delivery) ?? { kind: "outdated" };
    const isFailed = delivery.state === "open" && hasFailedThere(delivery);
    if (!isFailed && delivery.state !== "lost" && delivery.state !== "unknown") return { kind: "outdated" };
    return enqueueAgain(deps.enqueue, delivery, delivery);
  };
}

export function createFetchAgain(deps: {
  deliveries: Pick<Deliveries, "byId">;
  checkQuota: CheckQuota;
  enqueue: Enqueue;
}): FetchAgain {
  return (actor, deliveryId, by) => {
    const delivery = deps.deliveries.byId(deliveryId);
    const isOwn = delivery?.chatId === actor.chatId && mayManage(actor, delivery);
    if (delivery === undefined || !isOwn) return { kind: "not_yours" };
    if (delivery.state !== "done") return { kind: "outdated" };
    const excess = deps.checkQuota(actor, [delivery.key]);
    return excess === undefined ? enqueueAgain(deps.enqueue, delivery, by) : { kind: "too_many", excess };
  };
}

function enqueueAgain(enqueue: Enqueue, delivery: Delivery, { sender, senderId, threadId }: Asker): Resent {
  const { chatId, quality, folder, url, key, title } = delivery;
  // The message that it came in is gone, or about to go.
  const from = { chatId, threadId, messageId: null, sender, senderId };
  const [again] = enqueue({ ...from, quality, folder, links: [{ url, key, title }] });
  return again ?? { kind: "outdated" };
}
