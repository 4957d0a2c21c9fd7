import type { Delivery } from "../../src/domain/delivery.ts";
import type { Link, NewLink } from "../../src/domain/link.ts";

/** A link as `links.add` takes it. */
export function newLink(of: Partial<NewLink> = {}): NewLink {
  const url = of.url ?? "https://x.org/1";
  return {
    chatId: 1,
    threadId: null,
    messageId: null,
    sender: "ann",
    url,
    key: url.replace("https://", ""),
    quality: "best",
    folder: null,
    sendAt: 0,
    createdAt: 0,
    ...of,
  };
}

/** A waiting link, as the store returns it. */
export function aLink(of: Partial<Link> = {}): Link {
  return {
    ...newLink(of),
    keepsMessage: false,
    id: 1,
    batchId: null,
    senderId: null,
    title: null,
    promptId: null,
    promptedAt: null,
    unshownChanges: 0,
    downloader: null,
    state: "queued",
    attempts: 0,
    lastError: null,
    undo: null,
    ...of,
  };
}

/** A link that was handed over, as the store returns it. */
export function aDelivery(of: Partial<Delivery> = {}): Delivery {
  const { sendAt: _, createdAt: __, ...link } = newLink();
  return {
    ...link,
    keepsMessage: false,
    id: 1,
    linkId: 1,
    batchId: null,
    senderId: null,
    title: null,
    downloader: "nas",
    state: "open",
    status: null,
    name: null,
    trouble: null,
    seenAt: null,
    acceptedAt: 0,
    closedAt: null,
    ...of,
  };
}
