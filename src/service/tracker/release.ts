import type { Delivery } from "../../domain/delivery.ts";
import type { Store } from "../../domain/storage.ts";

/**
 * Plans the deletion of a message that was kept for reactions, when nothing of it is under way any more (rule 15). Call it
 * after a delivery was closed, in the same transaction.
 */
export function releaseMessage(
  store: Store,
  { chatId, messageId }: Pick<Delivery, "chatId" | "messageId">,
  deleteAt: number,
): void {
  if (messageId === null || store.links.ofMessage(chatId, messageId).length > 0) return;
  if (store.deliveries.ofMessage(chatId, messageId).some(({ state }) => state === "open")) return;
  store.deletions.add({ chatId, messageId, deleteAt });
}
