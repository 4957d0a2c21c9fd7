import type { Delivery } from "../../domain/delivery.ts";
import type { Log } from "../../domain/log.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import { type Store, StoreUnavailable } from "../../domain/storage.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Removal } from "../fleet/removal.ts";

/** How long a cancellation can be undone. Only after that is the downloader told, because nothing brings a download back. */
export const CANCEL_UNDO_MS = 8_000;

/** The result of a press; `over`: it has ended, or been cancelled, and cannot be brought back. */
export type Cancelled =
  | { readonly kind: "planned" | "undone" | "over"; readonly delivery: Delivery }
  | { readonly kind: "not_yours" };

/** Cancels downloads that a downloader has accepted, a while after somebody asked for it. Survives restarts. */
export interface Cancellation {
  /** The delivery that a press would be about; undefined if it is not the actor's. May throw `StoreUnavailable`. */
  look(actor: Actor, deliveryId: number): Delivery | undefined;
  /** May throw `StoreUnavailable`. */
  plan(actor: Actor, deliveryId: number): Cancelled;
  /** May throw `StoreUnavailable`. */
  undo(actor: Actor, deliveryId: number): Cancelled;
  /** Tells the downloaders about those that can no longer be undone, and does not wait for their answers. May throw `StoreUnavailable`. */
  tick(): void;
  /** Ends what is in progress; what no downloader has confirmed by then is requested again after the next start. */
  stop(): void;
}

const MOST_AT_ONCE = 8;

export function createCancellation(deps: {
  store: Pick<Store, "deliveries" | "cancellations" | "transaction">;
  fleet: Pick<Fleet, "downloads" | "remove">;
  now: () => number;
  log: Log;
  /** Called once for each, when its downloader has answered or could not be asked. */
  onOutcome: (delivery: Delivery, removal: Removal) => void;
}): Cancellation {
  const { store, fleet, now, log, onOutcome } = deps;
  const underWay = new Set<number>();
  const stopping = new AbortController();

  function withOpen(
    actor: Actor,
    id: number,
    change: (delivery: Delivery) => "planned" | "undone" | "over",
  ): Cancelled {
    return store.transaction((): Cancelled => {
      const delivery = store.deliveries.byId(id);
      if (delivery === undefined || !mayManage(actor, delivery)) return { kind: "not_yours" };
      const isOver = delivery.state !== "open" || underWay.has(id);
      return { kind: isOver ? "over" : change(delivery), delivery };
    });
  }

  /** The downloader's own spelling of the link, if its list shows it. */
  async function remove(delivery: Delivery): Promise<Removal> {
    const { chatId, downloader, key, url } = delivery;
    const stop = stopping.signal;
    const actor: Actor = { chatId, role: "user" };
    const { downloads } = await fleet.downloads(actor, { all: false, stop });
    const shown = downloads.find((one) => one.downloader === downloader && one.key === key);
    return fleet.remove(actor, shown ?? { downloader, key, url, status: delivery.status ?? "NEW" }, stop);
  }

  async function carryOut(delivery: Delivery): Promise<void> {
    try {
      const removal = await remove(delivery);
      // Then no downloader has answered, and nothing was decided.
      if (stopping.signal.aborted && removal === "silent") return;
      store.cancellations.drop(delivery.id);
      onOutcome(delivery, removal);
    } catch (error) {
      if (error instanceof StoreUnavailable) log.warn("Cannot cancel a download now", { code: error.code });
      else log.error("Cannot cancel a download", { link: delivery.url, error });
    } finally {
      underWay.delete(delivery.id);
    }
  }

  return {
    look(actor, id) {
      const delivery = store.deliveries.byId(id);
      return delivery !== undefined && mayManage(actor, delivery) ? delivery : undefined;
    },
    plan: (actor, id) =>
      withOpen(actor, id, () => {
        store.cancellations.plan(id, now() + CANCEL_UNDO_MS);
        return "planned";
      }),
    undo: (actor, id) =>
      withOpen(actor, id, () => {
        store.cancellations.drop(id);
        return "undone";
      }),
    tick() {
      if (stopping.signal.aborted) return;
      for (const id of store.cancellations.due(now(), MOST_AT_ONCE)) {
        if (underWay.has(id)) continue;
        const delivery = store.deliveries.byId(id);
        if (delivery?.state !== "open") {
          store.cancellations.drop(id);
          continue;
        }
        underWay.add(id);
        void carryOut(delivery);
      }
    },
    stop: () => stopping.abort(),
  };
}
