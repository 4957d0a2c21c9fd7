import { batchOf } from "../../domain/batch.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { DirectEntry } from "../../domain/direct.ts";
import type { Downloader } from "../../domain/downloader.ts";
import { foldedName } from "../../domain/downloader-name.ts";
import { isBeingHandedOver, type Link, type LinkEvent, type NewLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { type Store, StoreUnavailable } from "../../domain/storage.ts";
import { isAloneAhead } from "../../domain/time.ts";
import { forgetMessages, releaseMessage } from "../cleanup/message-retention.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Deliver } from "./deliver.ts";
import { holderOnRecord } from "./holder.ts";

/** The result for a batch. */
export interface WrittenDirects<Entry> {
  readonly events: readonly LinkEvent[];
  /** What the database does not take although it can be used: a bug. */
  readonly refused: readonly Entry[];
}

/**
 * Writes what was handed over bypassing the queue to the database, in one transaction, as if it had gone through the queue. `later`:
 * entries that are still to be written, whose messages stay until then. Throws `StoreUnavailable`.
 */
export type WriteDirects = <Entry extends DirectEntry>(
  batch: readonly Entry[],
  later: readonly DirectEntry[],
) => WrittenDirects<Entry>;

/** A link in the queue; `isNew`: it was not there before. */
interface Placed {
  readonly queued: Link;
  readonly isNew: boolean;
}

export function createWriteDirects(deps: {
  store: Store;
  registry: Pick<Registry, "byName" | "all">;
  deliver: Deliver;
  now: () => number;
  log: Log;
}): WriteDirects {
  const { store, registry, deliver, now, log } = deps;
  /** Its registered name in the database, in whatever spelling it was called while that could not be read. */
  function asKnown(name: string): string {
    const isSame = (one: Downloader) => foldedName(one.name) === foldedName(name);
    return (registry.byName(name) ?? registry.all().find(isSame))?.name ?? name;
  }

  /** Another downloader has it, or may have it, which could not be read before: the one that got it bypassing the queue is to drop it. */
  function leaveTo(holder: string | undefined, { link, downloader }: DirectEntry): void {
    const name = downloader === null ? undefined : asKnown(downloader);
    if (name === undefined || name === holder) return;
    store.supersededSubmissions.add({ key: link.key, downloader: name, since: now() });
  }

  /**
   * In a transaction: puts it into the queue, and marks its message as known in case Telegram delivers it again. Undefined if nothing is
   * left to write.
   */
  function enqueue(entry: DirectEntry): Placed | undefined {
    const { link, superseded } = entry;
    const { chatId, messageId, key, createdAt } = link;
    if (messageId !== null) store.processedMessages.take({ chatId, messageId }, [key], createdAt);
    for (const name of superseded) store.supersededSubmissions.add({ key, downloader: asKnown(name), since: now() });
    // It was written before, and a kill came before the journal was emptied.
    const isSince = ({ acceptedAt }: Delivery) =>
      acceptedAt >= createdAt && !isAloneAhead(acceptedAt, { other: createdAt, now: now() });
    const isThere = ({ state, downloader }: Delivery) => state === "open" && registry.byName(downloader) !== undefined;
    const ofChat = store.deliveries.ofKey(key).filter((one) => one.chatId === chatId);
    const known = ofChat.find((one) => isSince(one) || isThere(one));
    if (known !== undefined) {
      leaveTo(known.downloader, entry);
      return undefined;
    }
    const before = withoutRemoved(chatId, key);
    const queued = before ?? addToBatch(link);
    if (queued === undefined) return undefined;
    if (!isBeingHandedOver(queued)) return { queued, isNew: before === undefined };
    leaveTo(store.attempts.byLink(queued.id)?.downloader, entry);
    return undefined;
  }

  /** The links of a message share a prompt, which some of them may already have. */
  function addToBatch(link: NewLink): Link | undefined {
    const [first] = link.messageId === null ? [] : store.links.ofMessage(link.chatId, link.messageId);
    const added = store.links.add({ ...link, batchId: first === undefined ? null : batchOf(first), sendAt: now() });
    if (added === undefined || first === undefined || first.promptId === null) return added;
    return store.links.update(added.id, { promptId: first.promptId });
  }

  /** In a transaction: records what has become of it, as if it had gone through the queue. */
  function conclude(entry: DirectEntry, { queued, isNew }: Placed): LinkEvent | undefined {
    const { downloader } = entry;
    if (entry.state === "waiting" || downloader === null) return isNew ? { kind: "queued", link: queued } : undefined;
    const name = asKnown(downloader);
    const holder = registry.byName(holderOnRecord(store, queued.key)?.downloader ?? "")?.name;
    if (entry.state === "accepted" && (holder ?? name) === name) return deliver(queued, name);
    // Of links with the same key only one may be on its way: the others follow it, and are not asked about themselves.
    const isAlone = holder === undefined && !store.links.ofKey(queued.key).some(isBeingHandedOver);
    if (isAlone) store.attempts.open({ linkId: queued.id, downloader: name, startedAt: now() });
    else leaveTo(holder, entry);
    const state = isAlone ? "uncertain" : "queued";
    const link = store.links.update(queued.id, { state, sendAt: now(), undo: null });
    return link && { kind: "queued", link };
  }

  /** A message goes with its last link (rule 15): all of them are in the queue before the first leaves it. */
  function write(batch: readonly DirectEntry[], later: readonly DirectEntry[]): LinkEvent[] {
    const placed = batch.map((entry) => ({ entry, place: enqueue(entry) }));
    const events = placed.flatMap(({ entry, place }) => (place && conclude(entry, place)) ?? []);
    releaseAll(batch, later);
    return events;
  }

  /** In a transaction: messages whose links are in the queue under another message, or nowhere any more, are deleted too (rule 15). */
  function releaseAll(batch: readonly DirectEntry[], later: readonly DirectEntry[]): void {
    for (const { link, alsoIn = [] } of batch) {
      for (const messageId of [link.messageId, ...alsoIn]) {
        const isAwaited = later.some(
          (other) => other.link.chatId === link.chatId && other.link.messageId === messageId,
        );
        // Of the others, only those are noted that may be deleted.
        const keepsMessage = messageId === link.messageId && link.keepsMessage === true;
        if (!isAwaited) releaseMessage(store, { chatId: link.chatId, messageId, keepsMessage }, now());
      }
    }
  }

  /** What the chat has of this link. Somebody who sends one again that was just removed wants it: the old one goes now. */
  function withoutRemoved(chatId: number, key: string): Link | undefined {
    const before = store.links.byKey(chatId, key);
    if (before?.state !== "removed") return before;
    store.links.remove(before.id);
    forgetMessages(store, before, now());
    return undefined;
  }

  /** An entry that fails for any other reason than the database must not hold back the rest for ever. */
  const writeAll: WriteDirects = (batch, later) => {
    try {
      return { events: store.transaction(() => write(batch, later)), refused: [] };
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      const [first, ...others] = batch;
      if (first !== undefined && others.length === 0) {
        log.error("Cannot store a link that bypassed the queue", { link: first.link.url, error });
        return { events: [notStored(first)], refused: [first] };
      }
      const events: LinkEvent[] = [];
      const refused: (typeof batch)[number][] = [];
      for (const [nth, entry] of batch.entries()) {
        const one = writeAll([entry], [...batch.slice(nth + 1), ...later]);
        events.push(...one.events);
        refused.push(...one.refused);
      }
      return { events, refused };
    }
  };
  return writeAll;
}

/** Its owner may have been told that it is noted and will be sent. */
function notStored({ link, downloader }: DirectEntry): LinkEvent {
  return { kind: "not_stored", link, downloader };
}
