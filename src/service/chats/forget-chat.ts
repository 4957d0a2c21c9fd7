import { setImmediate } from "node:timers/promises";
import type { Store } from "../../domain/storage.ts";

/** Rows per statement: more would hold up the event loop. */
const MOST_IN_A_STEP = 500;

/**
 * Forgets what is kept about a person: what the chat has chosen, which messages were taken, what was downloaded, and what was held and
 * asked before they were let in. Links that wait or are in work stay, and so do news about them and the access. Rejects with
 * `StoreUnavailable`; what is left then goes the next time.
 */
export type ForgetChat = (chatId: number) => Promise<void>;

/** `storeLate` stores pending writes first, because they would bring back what was forgotten. */
export function createForgetChat(
  store: Pick<Store, "chats" | "deliveries" | "news" | "processedMessages" | "strangers" | "heldMessages">,
  storeLate: () => void,
): ForgetChat {
  return async (chatId) => {
    storeLate();
    const limit = MOST_IN_A_STEP;
    const steps = [
      () => store.deliveries.forgetClosedOf(chatId, limit),
      // News about those deliveries has lost its subject.
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
