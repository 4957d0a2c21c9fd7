import type { Memory } from "./memory.ts";
import { hasEnded, type RemoteEntry, type RemoteSubmission } from "./remote.ts";

/** Failed entries that are handed over once more because that may help (back-ends.md, B8), and how; by key. */
export interface Resubmissions {
  /** A look has found it. */
  seen(key: string, entry: RemoteEntry): void;
  /** How it is to be handed over if it is handed over now. */
  optionsFor(key: string): Required<Pick<RemoteSubmission, "isBegun" | "anyLines">>;
  /**
   * Whether a failed entry is to be handed over again: once because its own beginning is in its way, and once more each time that more
   * of it has arrived; once because there is nothing with as few lines as requested.
   */
  isDue(key: string, entry: RemoteEntry | undefined): boolean;
  /** It is about to be handed over again for that reason, after the program has removed the failed entry. */
  begin(key: string, entry: RemoteEntry): void;
}

export function createResubmissions(memory: Memory): Resubmissions {
  const begun = memory.set();
  /** Entries that were handed over again because of their own beginning, and of which nothing has arrived since. */
  const freed = memory.set();
  /** Entries that were handed over again without a limit on their lines. */
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
    optionsFor: (key) => ({ isBegun: begun.has(key), anyLines: finer.has(key) }),
    isDue(key, entry) {
      if (entry?.hasMoreLines === true && !finer.has(key)) return true;
      return begun.has(key) && !freed.has(key) && entry?.isInTheWay === true;
    },
    begin(key, { hasMoreLines }) {
      (hasMoreLines === true ? finer : freed).add(key);
    },
  };
}
