import type { NewLink } from "./link.ts";

/**
 * A link that is handed over past the queue, since the database cannot be used (rule 4), and how far that has got.
 * - `waiting`: nobody has it.
 * - `calling`: `downloader` may have it.
 * - `accepted`: `downloader` has it.
 */
export interface DirectEntry {
  readonly link: NewLink;
  readonly state: "waiting" | "calling" | "accepted";
  /** Null while it waits. */
  readonly downloader: string | null;
  /** Downloaders that said that they have it not, but may still carry out the call (reliability.md §2.4). */
  readonly superseded: readonly string[];
  /** Other messages of the chat that brought it too, hold nothing else, and go when nothing of them is left (rule 15). */
  readonly alsoIn?: readonly number[] | undefined;
}

/** What survives a kill of the links that the database does not know of. None of these throws. */
export interface DirectJournal {
  /** Whether these are kept from now on, all by one write: a kill keeps or loses them together. */
  add(entries: ReadonlyMap<number, DirectEntry>): boolean;
  /** Whether the entry is kept from now on, in place of what this id stood for; null: it is done with. */
  write(id: number, entry: DirectEntry | null): boolean;
  /** What an earlier life left behind, by id. */
  left(): ReadonlyMap<number, DirectEntry>;
  /** They are done with, all by one write; false where they are still there after a kill. */
  forget(ids: readonly number[]): boolean;
  /** Forgets everything: it is in the database. False where that did not succeed. */
  clear(): boolean;
}
