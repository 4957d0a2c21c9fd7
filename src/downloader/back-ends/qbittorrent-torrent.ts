import * as v from "valibot";
import { listOf, told } from "./lenient.ts";
import type { RemoteEntry } from "./remote.ts";

const commaSeparated = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((one) => one.trim())),
);

/** What is read of a torrent (Web API, `torrents/info`). Sizes in bytes; both are of the files that are wanted. */
const torrentSchema = v.object({
  hash: v.string(),
  /** Empty where it has none of this version. A torrent of both is called by one of them only. */
  infohash_v1: told(v.string()),
  infohash_v2: told(v.string()),
  name: v.string(),
  tags: commaSeparated,
  state: v.string(),
  /** 0 to 1. */
  progress: v.number(),
  /** 0 or below until a magnet has led to its torrent. */
  size: v.number(),
  amount_left: v.number(),
  /** In epoch seconds; what it says where that has not been yet differs from version to version. */
  completion_on: v.number(),
});

type Told = v.InferOutput<typeof torrentSchema>;
type Hashes = "infohash_v1" | "infohash_v2";
/** A torrent as qBittorrent tells it. */
export type Torrent = Omit<Told, Hashes> & Partial<Pick<Told, Hashes>>;

/** What stands for one of which qBittorrent tells otherwise than is known here: neither done nor failed, and its files stay. */
const notUnderstood = v.pipe(
  v.object({ hash: v.string(), tags: commaSeparated }),
  v.transform(({ hash, tags }): Torrent => {
    return { hash, tags, name: hash, state: "unknown", progress: 0, size: 0, amount_left: 0, completion_on: 1 };
  }),
);

/** A list of them, in which others have put what they like: what is no torrent at all is left out, and hides none of the others. */
export const torrentsSchema = listOf(v.union([torrentSchema, notUnderstood]));

/** It is whole and in its place: 4.x says `pausedUP`, 5.x `stoppedUP`; one that is being checked or moved is not yet. */
const WHOLE = /^(?:uploading|(?:paused|stopped|queued|stalled|forced)UP)$/;
const FAILED = /^(?:error|missingFiles)$/;
/** Nothing comes of it now; `stalledDL` has nobody to get it from, but tries. */
const WAITS = /^(?:(?:paused|stopped|queued)DL|checking\w+|allocating|unknown)$/;
/** An instant that is none, as 32 bits without a sign. */
const NEVER = 2 ** 32 - 1;

/**
 * Whether its files are not to be deleted any more. That is more than being done: a whole torrent is less than whole while it
 * is checked again, and fails when its disk is away.
 */
export function hasBeenWhole({ size, amount_left: left, completion_on: at }: Torrent): boolean {
  return (size > 0 && left === 0) || (at > 0 && at < NEVER);
}

/** What is told of it. */
export function entryOf({ hash, name, state, progress, size, amount_left: left }: Torrent): RemoteEntry {
  const isWhole = WHOLE.test(state) && progress === 1;
  return {
    id: hash,
    state: isWhole ? "done" : FAILED.test(state) ? "failed" : WAITS.test(state) ? "waiting" : "running",
    // Until it knows better, qBittorrent calls a torrent by its hash.
    ...(name !== hash && { name }),
    ...(size > 0 && { currentSize: size - left, totalSize: size }),
    ...(FAILED.test(state) && { detail: state }),
  };
}
