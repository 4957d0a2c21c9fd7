import type { NewLink } from "./link.ts";

/**
 * A link that is handed over bypassing the queue, because the database cannot be used (rule 4), and how far that has got.
 * - `waiting`: nobody has it.
 * - `calling`: `downloader` may have it.
 * - `accepted`: `downloader` has it.
 */
export interface DirectEntry {
  readonly link: NewLink;
  readonly state: "waiting" | "calling" | "accepted";
  /** Null while it waits. */
  readonly downloader: string | null;
  /** Downloaders that said they do not have it, but may still carry out the call (reliability.md §2.4). */
  readonly superseded: readonly string[];
  /** Other messages of the chat that brought it too, hold nothing else, and are deleted when nothing of them is left (rule 15). */
  readonly alsoIn?: readonly number[] | undefined;
}

/** Keeps links that the database does not know, so that they survive a kill. No function throws. */
export interface DirectJournal {
  /** Keeps these, all by one write, so that a kill keeps or loses them together; false if that did not succeed. */
  add(entries: ReadonlyMap<number, DirectEntry>): boolean;
  /** Keeps the entry in place of the one with this id; null: it is finished. False if that did not succeed. */
  write(id: number, entry: DirectEntry | null): boolean;
  /** What an earlier run left, by id. */
  left(): ReadonlyMap<number, DirectEntry>;
  /** They are finished; one write for all. False if they would still be there after a kill. */
  forget(ids: readonly number[]): boolean;
  /** Forgets everything, because it is in the database. False if that did not succeed. */
  clear(): boolean;
}
