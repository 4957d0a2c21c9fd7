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

/** A link that waits in the queue, as the store hands it out. */
export function aLink(of: Partial<Link> = {}): Link {
  return {
    ...newLink(of),
    keepsMessage: false,
    id: 1,
    promptId: null,
    promptedAt: null,
    downloader: null,
    state: "queued",
    attempts: 0,
    lastError: null,
    undo: null,
    ...of,
  };
}
