import type { NewLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { ifAvailable, type Store } from "../../domain/storage.ts";
import type { Wait } from "../../domain/wait.ts";
import type { Registry } from "../fleet/registry.ts";
import type { DirectLedger, LedgerEntry } from "./direct-ledger.ts";
import { type Holder, holderOnRecord } from "./holder.ts";
import type { Submitter } from "./submitter.ts";

/** How a hand-over that bypasses the queue ended. */
export type DirectResult =
  | { readonly kind: "sent"; readonly url: string; readonly downloader: string }
  /**
   * Not certainly sent; `maybe` names the downloader that may have it. `kept`: it goes from the queue as soon as that can be written;
   * `lost`: even that is not certain.
   */
  | { readonly kind: "kept" | "lost"; readonly url: string; readonly maybe: string | undefined };

/** A hand-over in progress that bypasses the queue. `isKept`: it is on the disk, so that a kill does not lose it. */
export interface Direct {
  readonly isKept: boolean;
  /** Never rejects, and resolves within `DIRECT_LIMIT_MS`. */
  readonly result: Promise<DirectResult>;
}

/** Links that go straight to a downloader while the database cannot be used (rule 4). */
export interface DirectHandOver {
  /** Starts with the links of one message, each with a different key, and returns what becomes of each, in their order. */
  begin(links: readonly NewLink[]): Direct[];
  /** Resolves when those in progress have ended; no further downloader is tried. */
  drain(): Promise<void>;
  /** Ends those in progress at once, as they are. */
  giveUp(): void;
}

/** How long a person waits for the answer. */
export const DIRECT_LIMIT_MS = 12_000;
/** A call that has outlived its deadline may still be carried out (reliability.md §2.4). */
const ASK_AGAIN_MS = 5_000;

export function createDirectHandOver(deps: {
  store: Pick<Store, "deliveries" | "links" | "attempts">;
  registry: Pick<Registry, "order" | "byName">;
  submitter: Submitter;
  ledger: DirectLedger;
  wait: Wait;
  log: Log;
}): DirectHandOver {
  const { store, registry, submitter, ledger, wait, log } = deps;
  /** By chat and key. */
  const underWay = new Map<string, Direct>();
  /** The latest one with this key: identical links of several chats go one after another. */
  const ofKey = new Map<string, Promise<void>>();
  const ends = new Set<AbortController>();
  const draining = new AbortController();

  /** The database can usually be read when it cannot be written. */
  function holderOf(link: NewLink, own: Holder | undefined): Holder | undefined {
    const other = ledger.holderOf(link);
    const noted =
      other !== undefined && other.downloader !== null
        ? { downloader: other.downloader, url: other.link.url, isSure: other.state === "accepted" }
        : undefined;
    const known = noted?.isSure ? noted : ifAvailable(() => holderOnRecord(store, link.key));
    const found = known ?? own ?? noted;
    return found !== undefined && registry.byName(found.downloader) !== undefined ? found : undefined;
  }

  /** Ends when a downloader has it or may have it, when none takes it, or when `over` aborts and the current call has ended. */
  async function handOver(id: number, over: AbortSignal): Promise<void> {
    const entry = ledger.byId(id);
    if (entry === undefined || over.aborted) return;
    const { link, downloader: own } = entry;
    const request = { ...link, id: null };
    const accepted = (downloader: string) => ledger.note(id, { state: "accepted", downloader });
    const calling = (downloader: string) => ledger.note(id, { state: "calling", downloader });
    const free = () => ledger.note(id, { state: "waiting", downloader: null });
    /** Recorded before any other downloader is called: an earlier call to this one may still be carried out. */
    const supersede = (name: string) => ledger.note(id, { superseded: [...(ledger.byId(id)?.superseded ?? []), name] });

    const holder = holderOf(link, own === null ? undefined : { downloader: own, url: link.url, isSure: false });
    if (holder !== undefined) {
      calling(holder.downloader);
      const { result, isRefused } = await submitter.submitToHolder(request, holder);
      const isMissing = result.kind === "uncertain" && result.isMissing;
      if (result.kind === "accepted" || (holder.isSure && !isRefused && !isMissing)) return accepted(holder.downloader);
      if (!isRefused) return;
      if (!holder.isSure) supersede(holder.downloader);
      free();
    }
    const { names, unreachable } = registry.order({ url: link.url, downloader: null });
    // A downloader that seems to be away is better than none: without the database, nothing would bring the link back to it later.
    for (const name of [...names, ...unreachable].filter((candidate) => candidate !== holder?.downloader)) {
      if (over.aborted || draining.signal.aborted) return;
      calling(name);
      const result = await submitter.submit(request, [name]);
      if (result.kind === "accepted") return accepted(name);
      if (result.kind === "uncertain") {
        if (!result.isMissing) return;
        await wait(ASK_AGAIN_MS, over);
        const listed = over.aborted ? undefined : await submitter.isListed(name, link.key, link.createdAt);
        if (listed === true) return accepted(name);
        if (listed === undefined) return;
        supersede(name);
      }
      free();
    }
  }

  /** Resolves when the hand-over has ended or the time is over; then the entry may be written as it is. */
  async function settle(id: number, link: NewLink): Promise<DirectResult> {
    const over = new AbortController();
    ends.add(over);
    const before = ofKey.get(link.key);
    const work = Promise.resolve(before)
      .then(() => handOver(id, over.signal))
      .catch((error) => log.error("Handing over a link that bypasses the queue failed", { link: link.url, error }));
    ofKey.set(link.key, work);
    // A call that is in progress when the time is over runs to its end, and until then no downloader is called for this key.
    void work.then(() => ofKey.get(link.key) === work && ofKey.delete(link.key));
    await Promise.race([work, wait(DIRECT_LIMIT_MS, over.signal)]);
    over.abort();
    ends.delete(over);
    const result = resultOf(id, link.url);
    if (result.kind === "lost" && result.maybe === undefined) ledger.drop(id);
    else ledger.release(id);
    return result;
  }

  function resultOf(id: number, url: string): DirectResult {
    const entry = ledger.byId(id);
    const downloader = entry?.downloader ?? undefined;
    if (entry?.state === "accepted" && downloader !== undefined) return { kind: "sent", url, downloader };
    return { kind: entry?.isKept === true ? "kept" : "lost", url, maybe: downloader };
  }

  const placeOf = ({ chatId, key }: NewLink) => `${chatId} ${key}`;

  function start({ id, isKept, state }: LedgerEntry, link: NewLink): Direct {
    if (state === "accepted") {
      ledger.release(id);
      return { isKept, result: Promise.resolve(resultOf(id, link.url)) };
    }
    const result = settle(id, link).finally(() => underWay.delete(placeOf(link)));
    underWay.set(placeOf(link), { isKept, result });
    return { isKept, result };
  }

  return {
    begin(links) {
      const fresh = links.filter((link) => !underWay.has(placeOf(link)));
      const started = new Map(ledger.open(fresh).map((entry) => [entry.link.key, entry]));
      return links.flatMap((link) => {
        const entry = started.get(link.key);
        if (entry !== undefined) return start(entry, link);
        ledger.repeated(link);
        return underWay.get(placeOf(link)) ?? [];
      });
    },
    async drain() {
      draining.abort();
      await Promise.all([...underWay.values()].map(({ result }) => result));
    },
    giveUp() {
      for (const over of ends) over.abort();
    },
  };
}
