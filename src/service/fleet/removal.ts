import type { Delivery } from "../../domain/delivery.ts";
import type { DownloaderClient } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { type Actor, mayManage } from "../../domain/role.ts";
import type { Store } from "../../domain/storage.ts";
import { keyOf } from "../../domain/url.ts";
import { releaseMessage } from "../cleanup/message-retention.ts";
import { abortable } from "./abortable.ts";
import type { Registry } from "./registry.ts";

/** A link at a downloader; `url` as the downloader spells it. */
export interface Placement {
  readonly downloader: string;
  readonly key: string;
  readonly url: string;
}

/**
 * What became of the wish to remove a download.
 * - `removed`: the downloader has dropped it.
 * - `released`: other chats want it too, so it goes on for them.
 * - `kept`: the downloader still has it; it is too far along.
 * - `silent`: the downloader has not confirmed it; the record stands, whatever it did.
 */
export type Removal = "removed" | "released" | "kept" | "silent" | "not_yours";

/** Ends a chat's ownership of a download, and the download with its last owner (rule 8). May reject with `StoreUnavailable`. */
export function createRemoval(deps: {
  client: DownloaderClient;
  registry: Registry;
  store: Store;
  now: () => number;
  log: Log;
}): (actor: Actor, placement: Placement, stop: AbortSignal) => Promise<Removal> {
  const { client, registry, store, now, log } = deps;

  function close(deliveries: readonly Delivery[]): void {
    store.transaction(() => {
      for (const delivery of deliveries) {
        store.deliveries.update(delivery.id, { state: "removed", closedAt: now() });
        releaseMessage(store, delivery, now());
      }
    });
  }

  return async (actor, placement, stop) => {
    const owned = () =>
      store.deliveries
        .ofKey(placement.key)
        .filter((one) => one.downloader === placement.downloader && one.state !== "removed");
    const mayRemove = (one: Delivery) => mayManage(actor, one);
    if (actor.role !== "admin" && !owned().some(mayRemove)) return "not_yours";
    if (owned().some((one) => one.state === "open" && !mayRemove(one))) {
      close(owned().filter(mayRemove));
      return "released";
    }
    const target = registry.byName(placement.downloader);
    if (target === undefined) return "silent";
    const left = await abortable(client.remove(target, placement.url), { stop, log });
    if (left === undefined) return "silent";
    if (left.some(({ url, status }) => status !== "DONE" && keyOf(url) === placement.key)) return "kept";
    close(owned().filter(mayRemove));
    return "removed";
  };
}
