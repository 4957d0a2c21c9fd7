import { hasEnded } from "./kept-keys.ts";
import type { RemoteEntry } from "./remote.ts";

/** What was seen to come, byte by byte. In memory: a start knows of none. By keys. */
export interface Beginnings {
  seen(key: string, entry: RemoteEntry): void;
  has(key: string): boolean;
  /** Whether it has failed for what it has brought itself. True once, until it is seen to come again. */
  isInItsOwnWay(key: string, entry: RemoteEntry | undefined): boolean;
}

export function createBeginnings(): Beginnings {
  const begun = new Set<string>();
  /** What was in its own way, and has brought nothing since. */
  const freed = new Set<string>();
  return {
    seen(key, entry) {
      if ((entry.currentSize ?? 0) > 0) {
        begun.add(key);
        freed.delete(key);
      }
      if (hasEnded(entry)) begun.delete(key);
    },
    has: (key) => begun.has(key),
    isInItsOwnWay(key, entry) {
      if (entry?.isInTheWay !== true || !begun.has(key) || freed.has(key)) return false;
      freed.add(key);
      return true;
    },
  };
}
