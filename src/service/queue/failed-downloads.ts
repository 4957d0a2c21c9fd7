import { type Deliveries, type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import { ownershipOf } from "../fleet/ownership.ts";

/** What downloaders have failed with, and can be sent again. Each function may throw `StoreUnavailable`. */
export interface FailedDownloads {
  /** The deliveries of the actor's own chat, by their ids. */
  idsOf(actor: Actor): number[];
  /** One delivery whatever has become of it; for an admin who sees `all` also those of others for whom the same download has failed. */
  meant(actor: Actor, deliveryId: number, of: { all: boolean }): readonly Delivery[];
}

export function createFailedDownloads(deps: { deliveries: Deliveries; now: () => number }): FailedDownloads {
  const { deliveries, now } = deps;
  return {
    idsOf: (actor) =>
      ownershipOf(actor, { deliveries, now: now() })
        .open.filter(hasFailedThere)
        .map(({ id }) => id)
        .sort((one, other) => one - other),
    meant(actor, deliveryId, { all }) {
      const delivery = deliveries.byId(deliveryId);
      if (delivery === undefined || !mayManage(actor, delivery)) return [];
      if (!all || actor.role !== "admin") return [delivery];
      const { id, key, downloader } = delivery;
      const others = deliveries
        .ofKey(key)
        .filter((one) => one.id !== id && one.downloader === downloader && one.state === "open" && hasFailedThere(one));
      return [delivery, ...others];
    },
  };
}
