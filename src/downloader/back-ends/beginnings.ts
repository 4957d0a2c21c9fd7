import type { Memory } from "./memory.ts";
import { hasEnded, type RemoteEntry, type RemoteSubmission } from "./remote.ts";

/** Which entries were seen to arrive, byte by byte, and how they are handed over again; by key. */
export interface Beginnings {
  seen(key: string, entry: RemoteEntry): void;
  /** How it is to be handed over now. */
  of(key: string): Required<Pick<RemoteSubmission, "isBegun" | "anyLines">>;
  /**
   * Whether a failed entry is handed over again: once for a file that it has brought itself, until more is seen to arrive; and once for
   * having more lines than requested.
   */
  mayGoBetter(key: string, entry: RemoteEntry | undefined): boolean;
  /** It is about to be handed over again for that reason: the program has removed the failed one. */
  goesBetter(key: string, entry: RemoteEntry): void;
}

export function createBeginnings(memory: Memory): Beginnings {
  const begun = memory.set();
  /** Entries that were in their own way, and have brought nothing since. */
  const freed = memory.set();
  /** Entries that do not exist with so few lines. */
  const finer = memory.set();
  return {
    seen(key, entry) {
      if ((entry.currentSize ?? 0) > 0) {
        begun.add(key);
        freed.delete(key);
      }
      if (!hasEnded(entry)) return;
      begun.delete(key);
      finer.delete(key);
    },
    of: (key) => ({ isBegun: begun.has(key), anyLines: finer.has(key) }),
    mayGoBetter(key, entry) {
      if (entry?.hasMoreLines === true && !finer.has(key)) return true;
      return begun.has(key) && !freed.has(key) && entry?.isInTheWay === true;
    },
    goesBetter(key, { hasMoreLines }) {
      (hasMoreLines === true ? finer : freed).add(key);
    },
  };
}
