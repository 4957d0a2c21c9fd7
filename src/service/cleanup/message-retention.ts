import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import { DELETABLE_MS, type MessageRef } from "../../domain/message.ts";
import type { Store } from "../../domain/storage.ts";

/** What decides when a person's message goes. */
type Tables = Pick<Store, "links" | "deliveries" | "deletions">;

/**
 * Plans the deletion of a link's prompt, and of the person's message when this was its last link (rule 15). A message that
 * shows reactions to what is still being downloaded stays for that, as long as it can be deleted at all.
 * Call it after the link has left the queue, in the same transaction. Throws `StoreUnavailable`.
 */
export function forgetMessages(
  store: Tables,
  link: Pick<Link, "chatId" | "messageId" | "promptId" | "createdAt">,
  now: number,
): void {
  const { chatId, messageId, promptId } = link;
  if (promptId !== null) store.deletions.add({ chatId, messageId: promptId, deleteAt: now });
  if (messageId === null) return;
  const use = useOf(store, { chatId, messageId });
  if (use === "queued") return;
  store.deletions.add({ chatId, messageId, deleteAt: use === "downloading" ? link.createdAt + DELETABLE_MS : now });
}

/**
 * Plans the deletion of a message that was kept for reactions, when nothing of it is under way any more (rule 15). Call it
 * after a delivery was closed, in the same transaction. Throws `StoreUnavailable`.
 */
export function releaseMessage(
  store: Tables,
  { chatId, messageId }: Pick<Delivery, "chatId" | "messageId">,
  deleteAt: number,
): void {
  if (messageId === null || useOf(store, { chatId, messageId }) !== "none") return;
  store.deletions.add({ chatId, messageId, deleteAt });
}

/** What a person's message is still needed for: links of it wait in the queue, else some are being downloaded. */
function useOf({ links, deliveries }: Tables, { chatId, messageId }: MessageRef): "queued" | "downloading" | "none" {
  if (links.ofMessage(chatId, messageId).length > 0) return "queued";
  return deliveries.ofMessage(chatId, messageId).some(({ state }) => state === "open") ? "downloading" : "none";
}
