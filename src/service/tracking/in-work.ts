import { type ChatPlace, placeKey } from "../../domain/chat.ts";
import { type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import type { Download } from "../../domain/downloader.ts";
import { holdsUpOthers, saysItFailed } from "../../domain/downloads.ts";
import { readInParts, slicesOf } from "../../domain/in-parts.ts";
import type { OpenWork } from "../../domain/in-work.ts";
import { ifAvailable, type Store } from "../../domain/storage.ts";
import { plain } from "../../domain/text.ts";
import { keyOf } from "../../domain/url.ts";
import type { Registry } from "../fleet/registry.ts";
import type { ProgressReadings, Reading } from "./progress.ts";

/** One link that a downloader has for a chat. */
export interface WorkEntry {
  readonly delivery: Delivery;
  /** Its progress, while it is running. */
  readonly reading: Reading | undefined;
  /** How many are ahead of it at its downloader; undefined if that is not known, or if it is no longer waiting. */
  readonly ahead: number | undefined;
  /** What its downloader says about it while it waits there, such as the reason; text of another machine, limited in length. */
  readonly says: string | undefined;
  /** Its downloader cannot be reached, or is no longer registered: what is known about it is old. */
  readonly isSilent: boolean;
  /** It is to be cancelled; that can still be undone. */
  readonly isCancelled: boolean;
}

export interface WorkList {
  /**
   * The first ones, in this order: what has ended or failed and has not been told yet, what is running, what is on its way to its folder,
   * what is waiting.
   */
  readonly entries: readonly WorkEntry[];
  readonly total: number;
}

/**
 * What downloaders are doing for chats and topics, as far as it is known without asking them now; and what has ended or failed, until it
 * is told as news.
 */
export interface InWork {
  /** The places where something is in work, only those of one chat if it is given. May throw `StoreUnavailable`. */
  places(chatId?: number): OpenWork[];
  /** May throw `StoreUnavailable`. */
  list(place: OpenWork, limit: number): WorkList;
  /** The same for one place; undefined if nothing is in work there. May throw `StoreUnavailable`. */
  at(place: ChatPlace): OpenWork | undefined;
  /** 0…100, of a running download; undefined if its downloader does not say, or has not been asked. */
  percentageOf(at: { downloader: string; key: string }): number | undefined;
  /** Takes in what a downloader's `Queue` has just returned; resolves when that is done, and never rejects. */
  looked(downloader: string, downloads: readonly Download[]): Promise<void>;
}

/** The place of a waiting link in its downloader's list, and what is said about it there. */
type Waiting = Pick<WorkEntry, "ahead" | "says">;

/** More than a line of the message shows. */
const LONGEST_SAYING = 200;
/** How much of what has ended is listed: no message shows more, and the rest is told within a minute. */
const MOST_ENDED = 20;

export function createInWork(deps: {
  store: Pick<Store, "deliveries" | "cancellations" | "news">;
  registry: Pick<Registry, "byName" | "stateOf">;
  progress: Pick<ProgressReadings, "of">;
}): InWork {
  const { store, registry, progress } = deps;
  /** By downloader, then by key. */
  const waiting = new Map<string, ReadonlyMap<string, Waiting>>();

  function entryOf(delivery: Delivery, cancelled: ReadonlySet<number>): WorkEntry {
    const { downloader, key, status } = delivery;
    const waits = isWaiting(status) && !hasFailedThere(delivery);
    const isSilent = registry.byName(downloader) === undefined || registry.stateOf(downloader) === "unreachable";
    const { ahead, says } = (waits ? waiting.get(downloader)?.get(key) : undefined) ?? NOTHING_KNOWN;
    return {
      delivery,
      reading: waits ? undefined : progress.of(delivery),
      ahead,
      says: isSilent ? undefined : says,
      isSilent,
      isCancelled: cancelled.has(delivery.id),
    };
  }

  function endedAt(place: ChatPlace): Delivery[] {
    const ended = store.news
      .untold(place, MOST_ENDED)
      .flatMap((news) => (news.kind === "failed" ? [] : [news.delivery]));
    // A download whose end was unknown may be done by now, with neither told yet.
    const byId = new Map(ended.map((delivery) => [delivery.id, delivery]));
    // See `workPlaces`.
    return [...byId.values()].filter((one) => (one.state === "open" ? hasFailedThere(one) : one.state !== "removed"));
  }

  function places(chatId?: number): OpenWork[] {
    return store.deliveries.workPlaces(chatId).map(({ inWork, ended: all, ...place }) => {
      const ended = Math.min(all, MOST_ENDED);
      return { ...place, total: inWork + ended, ended };
    });
  }

  return {
    places,
    list(place, limit) {
      const all = [...(place.ended > 0 ? endedAt(place) : []), ...store.deliveries.openAt(place, limit)];
      const first = all.slice(0, limit);
      const cancelled = store.cancellations.among(first.map(({ id }) => id));
      return { entries: first.map((delivery) => entryOf(delivery, cancelled)), total: place.total };
    },
    at: (place) => places(place.chatId).find((one) => placeKey(one) === placeKey(place)),
    percentageOf: (at) => progress.of(at)?.percentage,
    async looked(downloader, downloads) {
      const wanted = new Set(ifAvailable(() => store.deliveries.waitingKeys(downloader)));
      const places = new Map<string, Waiting>();
      let before = 0;
      const count = (download: Download) => {
        const key = download.status === "NEW" && !saysItFailed(download) ? keyOf(download.url) : "";
        if (wanted.has(key)) places.set(key, { ahead: before, says: saying(download) });
        if (holdsUpOthers(download)) before += 1;
      };
      if (wanted.size > 0) await readInParts(slicesOf(downloads), (slice) => slice.forEach(count));
      if (places.size === 0) waiting.delete(downloader);
      else waiting.set(downloader, places);
      for (const name of waiting.keys()) if (registry.byName(name) === undefined) waiting.delete(name);
    },
  };
}

const NOTHING_KNOWN: Waiting = { ahead: undefined, says: undefined };

function saying({ remark }: Download): string | undefined {
  return remark?.kind === "activity" ? plain(remark.text, LONGEST_SAYING) : undefined;
}

/** Its downloader has not begun it, as far as is known. */
function isWaiting(status: Delivery["status"]): boolean {
  return status === null || status === "NEW";
}
