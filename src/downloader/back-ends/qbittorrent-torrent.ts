import * as v from "valibot";
import { saysDiskFull } from "./disk-full.ts";
import { lenient, listOf } from "./lenient.ts";
import type { RemoteEntry } from "./remote.ts";

const commaSeparated = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((one) => one.trim())),
);

/** The fields of a torrent that are read (Web API, `torrents/info`). Sizes in bytes; both are of the wanted files. */
const torrentSchema = v.object({
  hash: v.string(),
  /** Empty if it has none of this version. A torrent with both is identified by only one of them. */
  infohash_v1: lenient(v.string()),
  infohash_v2: lenient(v.string()),
  name: v.string(),
  tags: commaSeparated,
  state: v.string(),
  /** 0 to 1. */
  progress: v.number(),
  /** 0 or below until a magnet has led to its torrent. */
  size: v.number(),
  amount_left: v.number(),
  /** In epoch seconds; its value before completion differs from version to version. */
  completion_on: v.number(),
});

type Told = v.InferOutput<typeof torrentSchema>;
type Hashes = "infohash_v1" | "infohash_v2";
/** A torrent as qBittorrent reports it. */
export type Torrent = Omit<Told, Hashes> & Partial<Pick<Told, Hashes>>;

/** Stands for a torrent that is reported in an unknown form: neither done nor failed, and its files stay. */
const notUnderstood = v.pipe(
  v.object({ hash: v.string(), tags: commaSeparated }),
  v.transform(({ hash, tags }): Torrent => {
    return { hash, tags, name: hash, state: "unknown", progress: 0, size: 0, amount_left: 0, completion_on: 1 };
  }),
);

/** A list in which others have put what they like: anything that is no torrent at all is left out, and hides no others. */
export const torrentsSchema = listOf(v.union([torrentSchema, notUnderstood]));

/** It is complete and in its place: 4.x says `pausedUP`, 5.x `stoppedUP`; one that is being checked or moved is not yet. */
const WHOLE = /^(?:uploading|(?:paused|stopped|queued|stalled|forced)UP)$/;
const FAILED = /^(?:error|missingFiles)$/;
/** It does not progress now; `stalledDL` has nobody to get it from, but tries. */
const WAITS = /^(?:(?:paused|stopped|queued)DL|checking\w+|allocating|unknown)$/;
/** No instant, as 32 bits without a sign. */
const NEVER = 2 ** 32 - 1;

/**
 * Whether its files must no longer be deleted. That is more than being done: a complete torrent is less than complete while it is checked
 * again, and fails when its disk is away.
 */
export function hasBeenWhole({ size, amount_left: left, completion_on: at }: Torrent): boolean {
  return (size > 0 && left === 0) || (at > 0 && at < NEVER);
}

/** Whether it has failed for a reason that only the log tells. */
export function hasError({ state }: Torrent): boolean {
  return state === "error";
}

/** What is reported about it; `reason`: why it has failed, as the log says. */
export function entryOf(torrent: Torrent, reason?: string): RemoteEntry {
  const { hash, name, state, progress, size, amount_left: left } = torrent;
  const isWhole = WHOLE.test(state) && progress === 1;
  return {
    id: hash,
    state: isWhole ? "done" : FAILED.test(state) ? "failed" : WAITS.test(state) ? "waiting" : "running",
    // Until it knows better, qBittorrent uses the hash as a torrent's name.
    ...(name !== hash && { name }),
    ...(size > 0 && { currentSize: size - left, totalSize: size }),
    ...(FAILED.test(state) && { detail: reason ?? state }),
    ...(saysDiskFull(reason ?? "") && { lacksSpace: true }),
    ...(state === "missingFiles" && { lacksFiles: true }),
  };
}
