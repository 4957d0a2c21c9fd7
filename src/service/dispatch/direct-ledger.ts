import type { DirectEntry, DirectJournal } from "../../domain/direct.ts";
import { isBeingHandedOver, type Link, type LinkEvent, type NewLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { type Store, StoreUnavailable, unlessUnavailable } from "../../domain/storage.ts";
import { forgetMessages, releaseMessage } from "../cleanup/message-retention.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Deliver } from "./deliver.ts";

/** An entry as it stands; `isKept`: a kill does not forget it. */
export interface LedgerEntry extends DirectEntry {
  readonly id: number;
  readonly isKept: boolean;
}

/**
 * What is handed over past the queue and is not in the database yet: in memory, and in the journal as far as that can be
 * written. There is one entry for each link of a chat.
 */
export interface DirectLedger {
  /** The entry of this link, a new one that waits where there is none; nothing of it is written until it is released. */
  open(link: NewLink): LedgerEntry;
  /** Another message brings this link while there is an entry of it. */
  repeated(link: NewLink): void;
  /** The entry as it is now; undefined once it is written or dropped. */
  byId(id: number): LedgerEntry | undefined;
  /** What has become of it. Nothing happens when it is written already. */
  note(id: number, change: Partial<Omit<DirectEntry, "link">>): void;
  /** It may be written as it stands, once all of its message may. */
  release(id: number): void;
  /** Nobody has it, and whoever sent it knows. */
  drop(id: number): void;
  /** Another entry by which a downloader has this link, or may have it. */
  holderOf(link: NewLink): LedgerEntry | undefined;
  /** Puts what was released into the database, so much of it that the event loop is not held up; true when nothing is left. */
  flush(): boolean;
  /** How many entries there are. */
  readonly size: number;
}

/** A message has at most 100 links. */
const ENOUGH_FOR_A_FLUSH = 50;

/** A link in the queue; `isNew`: it was not there before. */
interface Placed {
  readonly queued: Link;
  readonly isNew: boolean;
}

export function createDirectLedger(deps: {
  store: Store;
  registry: Pick<Registry, "byName">;
  journal: DirectJournal;
  deliver: Deliver;
  now: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): DirectLedger {
  const { store, journal, deliver, now, log, report } = deps;
  /** As the database knows it: it may have been called otherwise while that could not be read. */
  const asKnown = (name: string) => deps.registry.byName(name)?.name ?? name;
  const entries = new Map<number, LedgerEntry>();
  const held = new Set<number>();
  for (const [id, entry] of journal.left()) entries.set(id, { ...entry, id, isKept: true });
  let lastId = Math.max(0, ...entries.keys());
  let isJournalUsed = entries.size > 0;
  if (isJournalUsed) log.warn("Found links that were handed over past the queue before", { links: entries.size });

  function keep(entry: LedgerEntry): LedgerEntry {
    const { id, isKept, ...rest } = entry;
    const kept = { ...entry, isKept: journal.write(id, rest) || isKept };
    isJournalUsed ||= kept.isKept;
    entries.set(id, kept);
    return kept;
  }

  /**
   * In a transaction: puts it into the queue, and makes it known when Telegram delivers its message again. Undefined
   * where nothing is left to write.
   */
  function enqueue({ link, superseded }: DirectEntry): Placed | undefined {
    const { chatId, messageId, key, createdAt } = link;
    if (messageId !== null) store.processedMessages.take({ chatId, messageId }, [key], createdAt);
    for (const name of superseded) store.supersededSubmissions.add({ key, downloader: asKnown(name), since: now() });
    // It was written before, and a kill came before the journal was emptied.
    const isKnown = store.deliveries.ofKey(key).some((one) => one.chatId === chatId && one.acceptedAt >= createdAt);
    if (isKnown) return undefined;
    const before = withoutRemoved(chatId, key);
    const queued = before ?? store.links.add({ ...link, sendAt: now() });
    // Its duplicate is on the way itself, and is told that the downloader has it.
    return queued === undefined || isBeingHandedOver(queued) ? undefined : { queued, isNew: before === undefined };
  }

  /** In a transaction: what has become of it, as if it had gone out of the queue. */
  function conclude({ state, downloader }: DirectEntry, { queued, isNew }: Placed): LinkEvent | undefined {
    if (state === "accepted" && downloader !== null) return deliver(queued, asKnown(downloader));
    if (state === "calling" && downloader !== null) return uncertain(queued, asKnown(downloader));
    return isNew ? { kind: "queued", link: queued } : undefined;
  }

  /** A message goes with its last link (rule 15): all of them are in the queue before the first leaves it. */
  function write(batch: readonly LedgerEntry[]): LinkEvent[] {
    const placed = batch.map((entry) => ({ entry, place: enqueue(entry) }));
    const events = placed.flatMap(({ entry, place }) => (place && conclude(entry, place)) ?? []);
    releaseAll(batch);
    return events;
  }

  /** In a transaction: messages whose links stand in the queue under another one, or nowhere any more, go too (rule 15). */
  function releaseAll(batch: readonly LedgerEntry[]): void {
    const later = [...entries.values()].filter((entry) => !batch.some(({ id }) => id === entry.id));
    for (const { link, alsoIn = [] } of batch) {
      for (const messageId of [link.messageId, ...alsoIn]) {
        const isAwaited = later.some(
          (other) => other.link.chatId === link.chatId && other.link.messageId === messageId,
        );
        if (!isAwaited) releaseMessage(store, { chatId: link.chatId, messageId }, now());
      }
    }
  }

  function entryOf({ chatId, key }: NewLink): LedgerEntry | undefined {
    return [...entries.values()].find(({ link }) => link.chatId === chatId && link.key === key);
  }

  function repeated(link: NewLink): void {
    const { messageId } = link;
    const same = entryOf(link);
    if (same === undefined || messageId === null) return;
    const known = [same.link.messageId, ...(same.alsoIn ?? [])];
    if (!known.includes(messageId)) keep({ ...same, alsoIn: [...(same.alsoIn ?? []), messageId] });
  }

  /** What may be written now, by whole messages: so many that the event loop is not held up. */
  function nextBatch(): LedgerEntry[] {
    const ofMessage = Map.groupBy(entries.values(), ({ id, link }) =>
      link.messageId === null ? `entry ${id}` : `${link.chatId} ${link.messageId}`,
    );
    const batch: LedgerEntry[] = [];
    for (const together of ofMessage.values()) {
      if (batch.length >= ENOUGH_FOR_A_FLUSH) break;
      if (!together.some(({ id }) => held.has(id))) batch.push(...together);
    }
    return batch;
  }

  /** What the chat has of this link. Whoever sends one again that was just removed wants it: the old one goes now. */
  function withoutRemoved(chatId: number, key: string): Link | undefined {
    const before = store.links.byKey(chatId, key);
    if (before?.state !== "removed") return before;
    store.links.remove(before.id);
    forgetMessages(store, before, now());
    return undefined;
  }

  /** Of links with the same key only one may be on its way: the others follow it, and are not asked for by themselves. */
  function uncertain({ id, key }: Link, downloader: string): LinkEvent | undefined {
    if (store.links.ofKey(key).some(isBeingHandedOver)) {
      store.supersededSubmissions.add({ key, downloader, since: now() });
      const waiting = store.links.byId(id);
      return waiting && { kind: "queued", link: waiting };
    }
    store.attempts.open({ linkId: id, downloader, startedAt: now() });
    const link = store.links.update(id, { state: "uncertain", sendAt: now(), undo: null });
    return link && { kind: "queued", link };
  }

  /** In one transaction; one that fails for another reason than the database must not hold back the rest for ever. */
  function writeAll(batch: readonly LedgerEntry[]): LinkEvent[] {
    try {
      return store.transaction(() => write(batch));
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      if (batch.length > 1) return batch.flatMap((entry) => writeAll([entry]));
      log.error("Cannot store at all what was handed over past the queue", { link: batch[0]?.link.url, error });
      return [];
    }
  }

  return {
    open(link) {
      repeated(link);
      const same = entryOf(link);
      const id = same?.id ?? ++lastId;
      held.add(id);
      return same ?? keep({ id, link, state: "waiting", downloader: null, superseded: [], isKept: false });
    },
    repeated,
    byId: (id) => entries.get(id),
    note(id, change) {
      const entry = entries.get(id);
      if (entry !== undefined) keep({ ...entry, ...change });
    },
    release: (id) => void held.delete(id),
    drop(id) {
      held.delete(id);
      if (entries.delete(id)) journal.write(id, null);
    },
    holderOf(link) {
      const others = [...entries.values()].filter(
        (one) => one.downloader !== null && one.link.key === link.key && one.link.chatId !== link.chatId,
      );
      return others.find(({ state }) => state === "accepted") ?? others[0];
    },
    flush() {
      const batch = nextBatch();
      const events = unlessUnavailable(
        () => (batch.length === 0 ? [] : writeAll(batch)),
        ({ code }) => log.warn("Cannot store what was handed over past the queue; trying again", { code }),
      );
      if (events === undefined) return false;
      for (const { id } of batch) entries.delete(id);
      for (const event of events) report(event);
      if (entries.size > 0) return false;
      if (isJournalUsed) journal.clear();
      isJournalUsed = false;
      return true;
    },
    get size() {
      return entries.size;
    },
  };
}
