import { setImmediate } from "node:timers/promises";
import type { Store } from "../../domain/storage.ts";

/** Rows of one statement: more would hold up the event loop. */
const MOST_IN_A_STEP = 500;

/**
 * Forgets what is kept about a person: what the chat has chosen, which messages were taken, what was downloaded, what was held
 * and asked before he was let in. What waits or is in work stays, and what he is still to hear of, and so does the access. Rejects
 * with `StoreUnavailable`; what is left then goes the next time.
 */
export type ForgetChat = (chatId: number) => Promise<void>;

/** `storeLate`: stores what waits for that, since it would come back after it was forgotten. */
export function createForgetChat(
  store: Pick<Store, "chats" | "deliveries" | "news" | "processedMessages" | "strangers" | "heldMessages">,
  storeLate: () => void,
): ForgetChat {
  return async (chatId) => {
    storeLate();
    const limit = MOST_IN_A_STEP;
    const steps = [
      () => store.deliveries.forgetClosedOf(chatId, limit),
      // What told of those is about nothing any more.
      () => store.news.forgetBefore(0, limit),
      () => store.processedMessages.forgetOf(chatId, limit),
    ];
    for (const step of steps) {
      while (step() === limit) await setImmediate();
    }
    store.heldMessages.dropAll(chatId);
    store.strangers.remove(chatId);
    store.chats.remove(chatId);
  };
}
