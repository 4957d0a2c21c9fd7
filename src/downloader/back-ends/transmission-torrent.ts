import * as v from "valibot";
import { listOf, told } from "./lenient.ts";
import type { RemoteEntry } from "./remote.ts";

/** What is read of a torrent (RPC, `torrent-get`). Sizes in bytes; both are of the files that are wanted. */
const torrentSchema = v.object({
  hashString: v.string(),
  labels: v.array(v.string()),
  name: v.string(),
  downloadDir: told(v.string()),
  status: v.number(),
  error: v.number(),
  errorString: told(v.string()),
  /** 0 to 1: how much is known of the torrent that a magnet leads to. */
  metadataPercentComplete: v.number(),
  sizeWhenDone: v.number(),
  leftUntilDone: v.number(),
  downloadedEver: v.number(),
  /** When it began, since Transmission was started; 0 where it has not. */
  startDate: v.number(),
  /** In epoch seconds, 0 where that has not been yet. */
  doneDate: v.number(),
});

type Told = v.InferOutput<typeof torrentSchema>;
type Wordy = "downloadDir" | "errorString";
/** A torrent as Transmission tells it. */
export type TransmissionTorrent = Omit<Told, Wordy> & Partial<Pick<Told, Wordy>>;

export const TORRENT_FIELDS = Object.keys(torrentSchema.entries);

/** What stands for one of which Transmission tells otherwise than is known here: neither done nor failed, and its files stay. */
const notUnderstood = v.pipe(
  v.object({ hashString: v.string(), labels: v.array(v.string()) }),
  v.transform(({ hashString, labels }): TransmissionTorrent => {
    const nothing = { metadataPercentComplete: 0, sizeWhenDone: 0, leftUntilDone: 0, downloadedEver: 0, startDate: 1 };
    return { hashString, labels, name: hashString, status: STOPPED, error: 0, ...nothing, doneDate: 1 };
  }),
);

/** A list of them; what is no torrent at all is left out, and hides none of the others. */
export const torrentsSchema = v.object({ torrents: listOf(v.union([torrentSchema, notUnderstood])) });

const STOPPED = 0;
const DOWNLOADS = 4;
/** It does so, or waits for its turn. */
const SEEDS = [5, 6];
/** Of its errors the one that is not a tracker's: then it has stopped. */
const LOCAL_ERROR = 3;
/** In the words of its machine. */
const DISK_FULL = /No space left on device|Disk quota exceeded/;

/**
 * Whether its files are not to be deleted any more. That is more than being done: a whole torrent is less than whole while it
 * is checked again, and fails when its disk is away. One that was found to be whole has no instant of that; and what it has in its
 * memory only, as where the disk is full, it takes for there.
 */
export function hasBeenWhole({
  sizeWhenDone: size,
  leftUntilDone: left,
  downloadedEver,
  doneDate,
}: TransmissionTorrent): boolean {
  return doneDate > 0 || (size > 0 && left === 0 && downloadedEver === 0);
}

/**
 * Whether it was left lying when Transmission was started: 3.00 writes down that it has stopped a magnet as it comes to know its files,
 * and minutes later that it has begun it again. What people have stopped since has begun.
 */
export function isLeftLying({ status, error, startDate, doneDate }: TransmissionTorrent): boolean {
  return status === STOPPED && error !== LOCAL_ERROR && startDate === 0 && doneDate === 0;
}

/** What is told of it. */
export function entryOf(torrent: TransmissionTorrent): RemoteEntry {
  const { hashString: id, name, status, errorString, sizeWhenDone: size, leftUntilDone: left } = torrent;
  const isKnown = torrent.metadataPercentComplete === 1 && size > 0;
  const isAtRest = SEEDS.includes(status) || (status === STOPPED && torrent.doneDate > 0);
  const failed = torrent.error === LOCAL_ERROR;
  return {
    id,
    state: failed
      ? "failed"
      : isKnown && left === 0 && isAtRest
        ? "done"
        : status === DOWNLOADS
          ? "running"
          : "waiting",
    // Until it knows better, Transmission calls a torrent by its hash.
    ...(name !== id && { name }),
    ...(isKnown && { currentSize: size - left, totalSize: size }),
    ...(failed && { detail: errorString || "error" }),
    ...(failed && DISK_FULL.test(errorString ?? "") && { lacksSpace: true }),
  };
}
