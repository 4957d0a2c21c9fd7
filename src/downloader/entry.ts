/**
 * What is kept of a link. `NEW` until its files are whole, `WHOLE` while they go to their folder, then `DONE`; `FAILED` when it
 * was tried often enough. What is being downloaded just now is not kept: a process that was killed downloads nothing.
 */
export type EntryStatus = "NEW" | "WHOLE" | "DONE" | "FAILED";

/** A link in the downloader's list. Instants in epoch ms. */
export interface ListEntry {
  /** Never used twice: the folder of its parts bears it. */
  readonly id: number;
  /** Exactly as it came: nothing else joins it to what the bot sent (wire.md §1.2). */
  readonly link: string;
  readonly userName: string;
  /** Most lines of picture; 10000 means the best there is. */
  readonly maxQuality: number;
  readonly status: EntryStatus;
  /** Of the file, or its title; null until something is known. */
  readonly name: string | null;
  /** What went wrong at the latest try, or is missing from what is done, in words for its owner. */
  readonly trouble: string | null;
  /** That failed. */
  readonly tries: number;
  /** Not to be tried before. */
  readonly dueAt: number;
  readonly changedAt: number;
}
