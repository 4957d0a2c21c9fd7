import type { Deliveries } from "../../domain/delivery.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import type { Enqueue, Enqueued } from "./enqueue.ts";

/** `not_yours` also stands for deliveries that never were; `not_lost`: it came back, or its owner took it out. */
export type Resent = Enqueued | { readonly kind: "not_yours" | "not_lost" };

/** Puts a link that its downloader has lost into the queue once more, as it was. Throws `StoreUnavailable`. */
export type Resend = (actor: Actor, deliveryId: number) => Resent;

export function createResend(deps: { deliveries: Pick<Deliveries, "byId">; enqueue: Enqueue }): Resend {
  return (actor, deliveryId) => {
    const delivery = deps.deliveries.byId(deliveryId);
    if (delivery === undefined || !mayManage(actor, delivery)) return { kind: "not_yours" };
    if (delivery.state !== "lost" && delivery.state !== "unknown") return { kind: "not_lost" };
    const { chatId, threadId, sender, senderId, quality, folder, url, key, title } = delivery;
    // The message that it came in is gone, or about to go.
    const from = { chatId, threadId, messageId: null, sender, senderId };
    const arrival = { ...from, quality, folder, links: [{ url, key, title }] };
    const [again] = deps.enqueue(arrival);
    return again ?? { kind: "not_lost" };
  };
}
