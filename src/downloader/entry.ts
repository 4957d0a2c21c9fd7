/**
 * The stored state of a link. `NEW` until its files are complete, `WHOLE` while they go to their folder, then `DONE`; `FAILED` when it was
 * tried often enough. What is being downloaded at the moment is not stored: a process that was killed downloads nothing.
 */
export type EntryStatus = "NEW" | "WHOLE" | "DONE" | "FAILED";

/** A link in the downloader's list. Times in epoch ms. */
export interface ListEntry {
  /** Never used twice: the folder of its parts has it as its name. */
  readonly id: number;
  /** Exactly as it came: nothing else connects it with what the bot sent (wire.md §1.2). */
  readonly link: string;
  readonly userName: string;
  /** At most so many lines of picture; 10000 means the best there is. */
  readonly maxQuality: number;
  readonly status: EntryStatus;
  /** The file's name, or a title; null while neither is known. */
  readonly name: string | null;
  /** What went wrong at the latest try, or is missing from what is done, in words for the owner. */
  readonly trouble: string | null;
  /** Tries that failed. */
  readonly tries: number;
  /** It is not tried before this. */
  readonly dueAt: number;
}
