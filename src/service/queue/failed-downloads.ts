import { type Deliveries, type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import { saysItFailed } from "../../domain/downloads.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { ownershipOf, placeOf } from "../fleet/ownership.ts";
import type { Removal } from "../fleet/removal.ts";

/** What downloaders have failed with, and can be sent again. Each function may throw, or reject with, `StoreUnavailable`. */
export interface FailedDownloads {
  /** The deliveries of the actor's own chat, by their ids. */
  idsOf(actor: Actor): number[];
  /** One delivery whatever has become of it; for an admin who sees `all` also those of others for whom the same download has failed. */
  meant(actor: Actor, deliveryId: number, of: { all: boolean }): readonly Delivery[];
  /** Has downloaders remove deliveries of the actor's own chat, one after another. Nothing brings them back. */
  drop(actor: Actor, deliveries: readonly Delivery[], stop: AbortSignal): Promise<Dropped>;
}

/** How many were removed for their chat, are no longer failed, or were not removed as far as their downloader has said. */
export type Dropped = Readonly<Record<"removed" | "gone" | "kept", number>>;

const GONE: ReadonlySet<Removal> = new Set(["removed", "released", "goes_on"]);

export function createFailedDownloads(deps: {
  deliveries: Deliveries;
  fleet: Pick<Fleet, "downloads" | "remove">;
  now: () => number;
}): FailedDownloads {
  const { deliveries, fleet, now } = deps;
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
    async drop({ chatId }, meant, stop) {
      // An admin, too, removes only what is this chat's: others may still want theirs.
      const actor: Actor = { chatId, role: "user" };
      const { downloads, silent } = await fleet.downloads(actor, { all: false, stop });
      const listed = new Map(downloads.map((one) => [placeOf(one), one]));
      // Nobody waits once more, for each of its other downloads, for a downloader that has not answered.
      const away = new Set(silent);
      const count = { removed: 0, gone: 0, kept: 0 };
      for (const { id, downloader, key, url } of meant) {
        const delivery = deliveries.byId(id);
        const shown = listed.get(placeOf({ downloader, key }));
        if (delivery?.state !== "open" || !hasFailedThere(delivery) || (shown && !saysItFailed(shown))) count.gone += 1;
        else if (away.has(downloader)) count.kept += 1;
        else {
          const removal = await fleet.remove(actor, shown ?? { downloader, key, url, status: "NEW" }, stop);
          if (removal === "silent") away.add(downloader);
          count[GONE.has(removal) ? "removed" : "kept"] += 1;
        }
      }
      return count;
    },
  };
}
