import type { Progress } from "../domain/downloader.ts";
import type { ListEntry } from "./entry.ts";

/**
 * Does what the list holds, in one of two ways (docs/internals/back-ends.md): by downloading itself, or by handing it to a program that
 * has a queue of its own. It reads the list, where every promise is already stored, and stores in it what becomes of each entry. No
 * function throws or rejects; disposing it leaves what is in progress to the next start.
 */
export interface BackEnd extends AsyncDisposable {
  /** There is something to do: an entry was added to the list, or may be due. Returns at once. */
  submit(): void;
  /** Ends whatever is being done for an entry that was just taken out of the list; what is incomplete of it is deleted. */
  remove(entry: Pick<ListEntry, "id">): void;
  /** Ended entries were taken out of the list; complete files stay where they are. */
  cleanHistory(): void;
  isRunning(id: number): boolean;
  /** The progress of what is being downloaded and is still in the list. */
  progress(): readonly Progress[];
  /**
   * Why there is nothing that could download, in words; undefined if there is, as far as is known. Until then the bot is to treat this
   * downloader as one that it cannot reach, so that its links wait, however long that lasts.
   */
  away(): string | undefined;
  /**
   * Why no new link is taken now, in words; undefined if links are taken. A back end that always takes them lacks this function.
   */
  notNow?(): string | undefined;
}
