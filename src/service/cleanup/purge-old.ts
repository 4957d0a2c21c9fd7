import type { Store } from "../../domain/storage.ts";

const DAY_MS = 24 * 3_600_000;
/** Telegram delivers an update again for a day at most; an edit may come for two. */
const PROCESSED_MESSAGES_KEPT_MS = 2 * DAY_MS;
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
const SUPERSEDED_KEPT_MS = 7 * DAY_MS;
/** Nothing is put off further than this by people or by retries; what is further away was put there by a wrong clock. */
const FURTHEST_MS = 3 * DAY_MS;

/** Forgets in the tables what nobody needs any more. Throws `StoreUnavailable`. */
export function purgeOld(store: Store, now: number): void {
  store.processedMessages.forgetBefore(now - PROCESSED_MESSAGES_KEPT_MS);
  store.links.bringBack(now, now + FURTHEST_MS);
  store.deliveries.forgetClosedBefore(now - DELIVERIES_KEPT_MS);
  store.supersededSubmissions.forgetBefore(now - SUPERSEDED_KEPT_MS);
}
