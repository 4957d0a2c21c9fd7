import type { DirectEntry, DirectJournal } from "../../domain/direct.ts";
import type { LinkEvent, NewLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { type Store, unlessUnavailable } from "../../domain/storage.ts";
import type { Registry } from "../fleet/registry.ts";
import type { Deliver } from "./deliver.ts";
import { createWriteDirects } from "./write-directs.ts";

/** An entry in its present state; `isKept`: a kill does not lose it. */
export interface LedgerEntry extends DirectEntry {
  readonly id: number;
  readonly isKept: boolean;
}

/**
 * What was handed over bypassing the queue and is not in the database yet: in memory, and in the journal as far as that can be written.
 * Each link of a chat has one entry.
 */
export interface DirectLedger {
  /**
   * The entries of a message's links, in their order; missing ones are created, in the state of waiting. None is written before it is
   * released. A kill loses all of the new ones or none, because the message would be deleted with those that remain.
   */
  open(links: readonly NewLink[]): LedgerEntry[];
  /** Another message brings this link while there is an entry for it. */
  repeated(link: NewLink): void;
  /** The current entry; undefined once it is written or dropped. */
  byId(id: number): LedgerEntry | undefined;
  /** Records what has become of it. Does nothing if it is already written. */
  note(id: number, change: Partial<Omit<DirectEntry, "link">>): void;
  /** It may be written as it is, once all entries of its message may. */
  release(id: number): void;
  /** No downloader has it, and its sender knows that. */
  drop(id: number): void;
  /** Another entry with this link, if a downloader has it or may have it. */
  holderOf(link: NewLink): LedgerEntry | undefined;
  /** Writes released entries to the database, as many as do not hold up the event loop; true when none is left. */
  flush(): boolean;
  /** How many entries there are. */
  readonly size: number;
}

/** A message usually has at most 100 links; a file of them counts as a message too. */
const ENOUGH_FOR_A_FLUSH = 50;

export function createDirectLedger(deps: {
  store: Store;
  registry: Pick<Registry, "byName" | "all">;
  journal: DirectJournal;
  deliver: Deliver;
  now: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): DirectLedger {
  const { journal, log, report } = deps;
  const writeDirects = createWriteDirects(deps);
  const entries = new Map<number, LedgerEntry>();
  const held = new Set<number>();
  /** The journal has what the database does not take: the next run of the bot tries again. */
  let isForNextLife = false;
  /** In the database already, but still in the journal. */
  const written = new Set<number>();
  for (const [id, entry] of journal.left()) entries.set(id, { ...entry, id, isKept: true });
  let lastId = Math.max(0, ...entries.keys());
  let isJournalUsed = entries.size > 0;
  if (isJournalUsed) log.warn("Found links that an earlier run noted beside the database", { links: entries.size });

  function keep(entry: LedgerEntry): LedgerEntry {
    const { id, isKept, ...rest } = entry;
    const kept = { ...entry, isKept: journal.write(id, rest) || isKept };
    isJournalUsed ||= kept.isKept;
    entries.set(id, kept);
    return kept;
  }

  function entryOf({ chatId, key }: NewLink): LedgerEntry | undefined {
    return [...entries.values()].find(({ link }) => link.chatId === chatId && link.key === key);
  }

  function repeated(link: NewLink): void {
    const { messageId } = link;
    const same = entryOf(link);
    if (same === undefined || messageId === null || link.keepsMessage === true) return;
    const known = [same.link.messageId, ...(same.alsoIn ?? [])];
    if (!known.includes(messageId)) keep({ ...same, alsoIn: [...(same.alsoIn ?? []), messageId] });
  }

  /** Entries that may be written now: those of whole messages, and not so many that they would hold up the event loop. */
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

  /** At once: the owner may remove the link at any moment, and a kill must not bring it back. */
  function forgetWritten(): void {
    const isEmpty = entries.size === 0 && !isForNextLife;
    if (isEmpty && isJournalUsed) isJournalUsed = !journal.clear();
    const areForgotten = isEmpty ? !isJournalUsed : written.size > 0 && journal.forget([...written]);
    if (areForgotten) written.clear();
  }

  return {
    open(links) {
      const added = new Map<number, DirectEntry>();
      const ids = links.map((link) => {
        repeated(link);
        const id = entryOf(link)?.id ?? ++lastId;
        held.add(id);
        if (!entries.has(id)) added.set(id, { link, state: "waiting", downloader: null, superseded: [] });
        return id;
      });
      const isKept = added.size > 0 && journal.add(added);
      isJournalUsed ||= isKept;
      for (const [id, entry] of added) entries.set(id, { ...entry, id, isKept });
      return ids.flatMap((id) => entries.get(id) ?? []);
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
      const later = [...entries.values()].filter((one) => !batch.includes(one));
      const done = unlessUnavailable(
        () => (batch.length === 0 ? { events: [], refused: [] } : writeDirects(batch, later)),
        ({ code }) => log.warn("Cannot store links that bypassed the queue; trying again", { code }),
      );
      if (done === undefined) return false;
      for (const entry of batch) {
        entries.delete(entry.id);
        if (!entry.isKept) continue;
        if (done.refused.includes(entry)) isForNextLife = true;
        else written.add(entry.id);
      }
      forgetWritten();
      for (const event of done.events) report(event);
      return entries.size === 0;
    },
    get size() {
      return entries.size;
    },
  };
}
