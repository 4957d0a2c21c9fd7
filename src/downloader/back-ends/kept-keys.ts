import { keyOf } from "../../domain/url.ts";
import type { Handed } from "../hand-overs.ts";
import type { RemoteEntry } from "./remote.ts";

/** One entry of a program that has no place for a key of ours, but keeps some text of a request as it came. */
export interface KeptItem extends RemoteEntry {
  /** As the program writes it: where it has led to, for a short link. */
  readonly url: string;
  /** Undefined for what is not ours, and for all there is in a version that does not keep that text. */
  readonly key: string | undefined;
  readonly keepsKeys: boolean;
  /** Of a video of a list: how many that has. */
  readonly outOf?: number | undefined;
}

const KEPT = /dwld-bot:key=([0-9a-f]{16})/;

/** What is put into a text that the program keeps. It has the form of yt-dlp's `--extractor-args`, of an extractor that is none. */
export function textWithKey(key: string): string {
  return `dwld-bot:key=${key}`;
}

/** Our key in such a text. */
export function keptKey(text: string | null | undefined): string | undefined {
  return KEPT.exec(text ?? "")?.[1];
}

/**
 * What there is of each that is asked about: all that has its key, as one, under the key as its id. Else what has its link:
 * of something that was not handed over yet, and in versions that keep no keys.
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
        // What has failed with others is not there: it may go well now.
        return sentAt === null ? state !== "failed" : !keepsKeys;
      });
      return same === undefined ? [] : [[key, { ...same, isAlike: true }]];
    }),
  );
}

/** What an id means that `entriesOf` has given. */
export function itemsOf<T extends KeptItem>(id: string, items: readonly T[]): T[] {
  return items.filter((item) => item.key === id || (!item.keepsKeys && item.id === id));
}

/** A list of videos is done when each has ended, and one of them well; what is missing is told with it. */
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

/** Whether the program has put it aside. */
export function hasEnded({ state }: Pick<RemoteEntry, "state">): boolean {
  return state === "done" || state === "failed";
}
