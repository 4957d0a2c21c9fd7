import { hasEnded } from "./kept-keys.ts";
import type { Memory } from "./memory.ts";
import type { RemoteEntry, RemoteSubmission } from "./remote.ts";

/** What was seen to come, byte by byte, and how it is handed over again. By keys. */
export interface Beginnings {
  seen(key: string, entry: RemoteEntry): void;
  /** How it is handed over now. */
  of(key: string): Required<Pick<RemoteSubmission, "isBegun" | "anyLines">>;
  /**
   * Whether it is handed over again as it has failed: for what it has brought itself, once until it is seen to come again; for
   * having more lines than were asked for, once.
   */
  mayGoBetter(key: string, entry: RemoteEntry | undefined): boolean;
  /** It is about to be handed over again for that: the program has let go of what had failed. */
  goesBetter(key: string, entry: RemoteEntry): void;
}

export function createBeginnings(memory: Memory): Beginnings {
  const begun = memory.set();
  /** What was in its own way, and has brought nothing since. */
  const freed = memory.set();
  /** What there was not in so few lines. */
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
