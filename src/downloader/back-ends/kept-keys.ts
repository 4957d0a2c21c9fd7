import { keyOf } from "../../domain/url.ts";
import type { Handed } from "../hand-overs.ts";
import { hasEnded, type RemoteEntry } from "./remote.ts";

/** One entry of a program that has no place for our key, but keeps some text of a request unchanged. */
export interface KeptItem extends RemoteEntry {
  /** As the program writes it: for a short link, where it has led. */
  readonly url: string;
  /** Undefined for entries that are not ours, and for all entries in a version that does not keep that text. */
  readonly key: string | undefined;
  readonly keepsKeys: boolean;
  /** For a video in a list: how many that has. */
  readonly outOf?: number | undefined;
}

const KEPT = /dwld-bot:key=([0-9a-f]{16})/;

/** A text for the program to keep. It has the form of yt-dlp's `--extractor-args`, for an extractor that does not exist. */
export function textWithKey(key: string): string {
  return `dwld-bot:key=${key}`;
}

/** Our key in such a text. */
export function keptKey(text: string | null | undefined): string | undefined {
  return KEPT.exec(text ?? "")?.[1];
}

/**
 * What the program has of each entry that is asked about: everything with its key, as one entry with the key as its id. If there is nothing
 * with the key, what has its link: for an entry that was not handed over yet, and in versions that keep no keys.
 */
export function entriesOf(asked: readonly Handed[], items: readonly KeptItem[]): Map<string, RemoteEntry> {
  const byKey = Map.groupBy(items, ({ key }) => key);
  const byLink = Map.groupBy(items, ({ url }) => keyOf(url));
  return new Map(
    asked.flatMap(({ key, link, sentAt }): [string, RemoteEntry][] => {
      const ours = byKey.get(key);
      const isElsewhere = ours?.some(({ url }) => keyOf(url) !== keyOf(link));
      if (ours !== undefined) return [[key, { ...together(key, ours), ...(isElsewhere && { isElsewhere }) }]];
      const same = byLink.get(keyOf(link))?.find(({ keepsKeys, state }) => {
        // One that has failed for others does not count as there: it may succeed now.
        return sentAt === null ? state !== "failed" : !keepsKeys;
      });
      return same === undefined ? [] : [[key, { ...same, isAlike: true }]];
    }),
  );
}

/** The items that an id of `entriesOf` stands for. */
export function itemsOf<T extends KeptItem>(id: string, items: readonly T[]): T[] {
  return items.filter((item) => item.key === id || (!item.keepsKeys && item.id === id));
}

/** A list of videos is done when each has ended, and at least one of them well; what is missing is told with it. */
function together(id: string, items: readonly KeptItem[]): RemoteEntry {
  const [first] = items;
  const missing = Math.max(0, (first?.outOf ?? 0) - items.length);
  const lacks = missing > 0 ? { missing } : {};
  if (first !== undefined && items.length === 1) return { ...first, ...lacks, id };
  const shares = items.map(({ state, percentage = 0 }) => (hasEnded({ state }) ? 100 : percentage));
  const detail = items.find(({ state }) => state === "failed")?.detail;
  return {
    id,
    state: stateOf(items),
    name: first?.name,
    percentage: shares.reduce((sum, share) => sum + share, 0) / items.length,
    ...(detail !== undefined && { detail }),
    ...lacks,
    ...(items.every(({ hasMoreLines }) => hasMoreLines) && { hasMoreLines: true }),
    ...(items.some(({ comesBack }) => comesBack) && { comesBack: true }),
  };
}

function stateOf(items: readonly KeptItem[]): RemoteEntry["state"] {
  if (items.every(hasEnded)) return items.some(({ state }) => state === "done") ? "done" : "failed";
  // Between two videos nothing runs for a moment.
  return items.some(({ state }) => state !== "waiting") ? "running" : "waiting";
}
