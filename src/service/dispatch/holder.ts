import { isInWork } from "../../domain/delivery.ts";
import { isBeingHandedOver } from "../../domain/link.ts";
import type { Store } from "../../domain/storage.ts";

/** Which downloader has a link with this key for somebody, and under which address; `isSure`: false if it only may have it. */
export interface Holder {
  readonly downloader: string;
  readonly url: string;
  readonly isSure: boolean;
}

/** The holder according to deliveries in work and hand-overs, registered or not. Throws `StoreUnavailable`. */
export function holderOnRecord(
  store: Pick<Store, "deliveries" | "links" | "attempts">,
  key: string,
): Holder | undefined {
  const delivery = store.deliveries.latestByKey(key);
  if (delivery !== undefined && isInWork(delivery))
    return { downloader: delivery.downloader, url: delivery.url, isSure: true };
  for (const { id, url } of store.links.ofKey(key).filter(isBeingHandedOver)) {
    const attempt = store.attempts.byLink(id);
    if (attempt !== undefined) return { downloader: attempt.downloader, url, isSure: false };
  }
  return undefined;
}
