import type { Link, LinkEvent } from "../../domain/link.ts";
import type { Store } from "../../domain/storage.ts";
import { forgetMessages } from "../cleanup/message-retention.ts";

/**
 * Takes an accepted link out of the queue, records its delivery and plans the deletion of its messages (rules 13 and 15). Call it in a
 * transaction. Throws `StoreUnavailable`.
 */
export type Deliver = (link: Link, downloader: string) => LinkEvent;

export function createDeliver(deps: {
  store: Store;
  /** Whether this chat's own messages stay until the download has ended, or for ever, because they show reactions. */
  keepsMessages: (chatId: number) => boolean;
  now: () => number;
}): Deliver {
  const { store, now } = deps;
  return (claimed, downloader) => {
    // The link as it is now: its prompt may have been sent during the call.
    const link = store.links.remove(claimed.id) ?? claimed;
    store.deliveries.add({
      linkId: link.id,
      chatId: link.chatId,
      threadId: link.threadId,
      messageId: link.keepsMessage || deps.keepsMessages(link.chatId) ? link.messageId : null,
      keepsMessage: link.keepsMessage,
      batchId: link.batchId,
      sender: link.sender,
      senderId: link.senderId,
      title: link.title,
      url: link.url,
      key: link.key,
      quality: link.quality,
      folder: link.folder,
      downloader,
      acceptedAt: now(),
    });
    return { kind: "delivered", link, downloader, ...forgetMessages(store, link, now()) };
  };
}
