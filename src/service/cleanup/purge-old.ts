import { setImmediate } from "node:timers/promises";
import { DELETABLE_MS } from "../../domain/message.ts";
import { REFUSED_MS } from "../../domain/role.ts";
import type { Store } from "../../domain/storage.ts";

const DAY_MS = 24 * 3_600_000;
/** Telegram redelivers an update for a day at most; an edit may come for two. */
const PROCESSED_MESSAGES_KEPT_MS = 2 * DAY_MS;
/** A message that nobody has pressed for this long will not be read; it stays in the chat all the same. */
const NEWS_KEPT_MS = 180 * DAY_MS;
const SUPERSEDED_KEPT_MS = 7 * DAY_MS;
/** Neither people nor retries put anything off further than this; what is further away was put there by a wrong clock. */
const FURTHEST_MS = 3 * DAY_MS;
/** The same for a message that is to be deleted: by then Telegram would not allow it. */
const FURTHEST_DELETION_MS = DELETABLE_MS + DAY_MS / 24;

/** Rows per statement. A leap of the clock may have moved a million of them, and each statement blocks the event loop. */
const MOST_IN_A_STEP = 500;

/**
 * Deletes rows that nobody needs any more, and brings back those that a wrong clock put into the future, in steps between which the event
 * loop turns; what is left when `stop` aborts waits for the next time. `historyMs`: how long closed deliveries are kept, `history.keep`.
 * Rejects with `StoreUnavailable`.
 */
export async function purgeOld(
  store: Store,
  { now, historyMs, stop }: { now: number; historyMs: number; stop: AbortSignal },
): Promise<void> {
  const limit = MOST_IN_A_STEP;
  // Otherwise what a clock that was ahead has written would be old only years from now.
  const far = { now, latest: now + FURTHEST_MS, limit };
  const steps = [
    () => store.processedMessages.forgetBefore(now - PROCESSED_MESSAGES_KEPT_MS, limit),
    () => store.links.bringBack(far),
    () => store.processedMessages.bringBack(far),
    () => store.deliveries.bringBack(far),
    () => store.news.bringBack(far),
    () => store.supersededSubmissions.bringBack(far),
    () => store.heldMessages.bringBack(far),
    () => store.strangers.bringBack(far),
    () => store.strangers.bringBackRefusals({ now, latest: now + REFUSED_MS, limit }),
    () => store.deletions.bringBack({ now, latest: now + FURTHEST_DELETION_MS, limit }),
    () => store.deliveries.forgetClosedBefore(now - historyMs, limit),
    () => store.news.forgetBefore(now - NEWS_KEPT_MS, limit),
    () => store.supersededSubmissions.forgetBefore(now - SUPERSEDED_KEPT_MS, limit),
  ];
  for (const step of steps) {
    while (!stop.aborted && step() === limit) await setImmediate();
  }
}
