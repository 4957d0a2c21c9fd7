import type { Progress } from "../domain/downloader.ts";
import type { ListEntry } from "./entry.ts";

/**
 * Who does what the list holds, in one of two ways (docs/internals/back-ends.md): downloading itself, or having a program do so
 * that has a queue of its own. It reads the list, where everything that was promised stands already, and stores in it what has
 * become of an entry. Nothing of it throws or rejects; disposing it leaves what is under way to the next start.
 */
export interface BackEnd extends AsyncDisposable {
  /** Something is to be done: it was added to the list, or may be due. Returns at once. */
  submit(): void;
  /** Has whatever is done for an entry end, which was taken out of the list before; what is not whole of it is deleted. */
  remove(entry: Pick<ListEntry, "id">): void;
  /** Ended entries were taken out of the list; what is whole stays where it is. */
  cleanHistory(): void;
  isRunning(id: number): boolean;
  /** How far that is which is being downloaded, and still in the list. */
  progress(): readonly Progress[];
  /**
   * Why nobody is there who could download, in words; undefined while somebody is, as far as is known. The bot is to take this
   * downloader for one that it cannot reach meanwhile, so that its links wait, however long that lasts.
   */
  away(): string | undefined;
  /** Why no new link is taken just now, though somebody may be there, in words. One that takes links at any time has none. */
  notNow?(): string | undefined;
}
