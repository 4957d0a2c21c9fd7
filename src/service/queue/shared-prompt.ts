import { batchOf, toBatch } from "../../domain/batch.ts";
import type { Link } from "../../domain/link.ts";
import type { Store } from "../../domain/storage.ts";

/** A batch that new links join, and the prompt that it already has. */
export interface SharedPrompt {
  readonly id: number;
  readonly promptId: number | null;
}

/** Bot API: at most 100 entities a message, which limits what one page can show; nobody looks through more than this. */
const MOST_IN_BURST = 100;
/** A prompt that has scrolled away is not where people look for what they have just sent. */
const OLDEST_JOINED_MS = 10 * 60_000;
/** While Telegram takes no prompt, there is none that could be sent twice. */
const UNSENT_TIMES = 12;

/**
 * The batch that somebody's new links join: that of their own message if it was edited, or else that of the burst of messages that they
 * belong to. Undefined if they start a new one. Throws `StoreUnavailable`.
 */
export function createBatchFor({
  store,
  burstMs,
  now,
}: {
  store: Pick<Store, "links">;
  burstMs: number;
  now: () => number;
}) {
  const { links } = store;

  function latestOfBurst({ senderId = null, ...of }: NewComer): Link | undefined {
    if (burstMs === 0) return undefined;
    return links.latestFrom({
      from: { ...of, senderId },
      createdSince: now() - burstMs,
      // What is further ahead came before the clock was set back; how long ago, nobody knows.
      createdUntil: now() + burstMs,
      unpromptedSince: now() - UNSENT_TIMES * burstMs,
    });
  }

  return (comer: NewComer, count: number): SharedPrompt | undefined => {
    const [own] = comer.messageId === null ? [] : links.ofMessage(comer.chatId, comer.messageId);
    const latest = own ?? latestOfBurst(comer);
    if (latest === undefined) return undefined;
    const id = batchOf(latest);
    const batch = toBatch(id, links.ofBatch(id), []);
    if (batch === undefined) return undefined;
    const { promptId, promptedAt } = batch;
    const isFull = batch.links.length + count > MOST_IN_BURST;
    const isOld = promptedAt !== null && now() - promptedAt >= OLDEST_JOINED_MS;
    return own === undefined && (isFull || isOld) ? undefined : { id, promptId };
  };
}

type NewComer = Pick<Link, "chatId" | "threadId" | "messageId" | "sender"> & Partial<Pick<Link, "senderId">>;
