import * as v from "valibot";
import { saysDiskFull } from "./disk-full.ts";
import { lenient, listOf } from "./lenient.ts";
import type { RemoteEntry } from "./remote.ts";

/** What is read of a torrent (RPC, `torrent-get`). Sizes are in bytes, of the wanted files only. */
const torrentSchema = v.object({
  hashString: v.string(),
  labels: v.array(v.string()),
  name: v.string(),
  downloadDir: lenient(v.string()),
  status: v.number(),
  error: v.number(),
  errorString: lenient(v.string()),
  /** 0 to 1: how much is known of the torrent that a magnet leads to. */
  metadataPercentComplete: v.number(),
  sizeWhenDone: v.number(),
  leftUntilDone: v.number(),
  downloadedEver: v.number(),
  /** When it started in this run of Transmission; 0 if it has not. Epoch s. */
  startDate: v.number(),
  /** 0 if it has not been complete yet. Epoch s. */
  doneDate: v.number(),
});

type Told = v.InferOutput<typeof torrentSchema>;
type Wordy = "downloadDir" | "errorString";
/** A torrent as Transmission tells it. */
export type TransmissionTorrent = Omit<Told, Wordy> & Partial<Pick<Told, Wordy>>;

export const TORRENT_FIELDS = Object.keys(torrentSchema.entries);

/** Stands for a torrent that is reported in an unknown form: it is neither done nor failed, and its files stay. */
const notUnderstood = v.pipe(
  v.object({ hashString: v.string(), labels: v.array(v.string()) }),
  v.transform(({ hashString, labels }): TransmissionTorrent => {
    const nothing = { metadataPercentComplete: 0, sizeWhenDone: 0, leftUntilDone: 0, downloadedEver: 0, startDate: 1 };
    return { hashString, labels, name: hashString, status: STOPPED, error: 0, ...nothing, doneDate: 1 };
  }),
);

/** A list of them; an entry that is not a torrent is left out, and does not hide the others. */
export const torrentsSchema = v.object({ torrents: listOf(v.union([torrentSchema, notUnderstood])) });

const STOPPED = 0;
const DOWNLOADS = 4;
/** Seeding, or waiting for its turn to. */
const SEEDS = [5, 6];
/** The only error that is not a tracker's: the torrent has stopped. */
const LOCAL_ERROR = 3;
/** The beginning of its words for files that are not there when it starts. */
const NO_FILES = /^No data found!/;

/**
 * Whether its files must not be deleted any more. That covers more than being done: a complete torrent is incomplete while it is checked
 * again, and fails while its disk is away. One whose files were already there has no `doneDate`; and what is only in memory, because the
 * disk is full, counts as there for Transmission.
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
 * Whether it was left stopped at a start of Transmission: 3.00 saves that it stopped a magnet when its files became known, and only
 * minutes later that it started it again. A torrent that people have stopped since has a start date.
 */
export function isLeftLying({ status, error, startDate, doneDate }: TransmissionTorrent): boolean {
  return status === STOPPED && error !== LOCAL_ERROR && startDate === 0 && doneDate === 0;
}

/** What is reported about it. */
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
    // Transmission names a torrent by its hash as long as it knows no other name.
    ...(name !== id && { name }),
    ...(isKnown && { currentSize: size - left, totalSize: size }),
    ...(failed && { detail: errorString || "error" }),
    ...(failed && saysDiskFull(errorString ?? "") && { lacksSpace: true }),
    ...(failed && NO_FILES.test(errorString ?? "") && { lacksFiles: true }),
  };
}
