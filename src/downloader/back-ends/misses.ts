import type { Memory } from "./memory.ts";

/** In how many looks in a row entries were missing from a program's list, by key. */
export interface Misses {
  /** A look has found it; `comesBack`: see `RemoteEntry`. */
  found(key: string, comesBack?: boolean): void;
  /** Counts a look that has not found it; true if it is certain by now that the program does not have it. */
  confirm(key: string): boolean;
}

/** So many misses in a row are certain. */
const LOOKS_WITHOUT = 3;

/** `backAfterMs`: the longest time for which an entry that comes back by itself is away. */
export function createMisses(of: {
  readonly memory: Memory;
  readonly now: () => number;
  readonly backAfterMs: number;
}): Misses {
  const { memory, now, backAfterMs } = of;
  /** In how many looks in a row it was missing. */
  const looks = memory.map<number>();
  /** When an entry that comes back by itself was last seen. */
  const comeBack = memory.map<number>();
  return {
    found(key, comesBack = false) {
      looks.delete(key);
      if (comesBack) comeBack.set(key, now());
      else comeBack.delete(key);
    },
    confirm(key) {
      const times = (looks.get(key) ?? 0) + 1;
      looks.set(key, times % LOOKS_WITHOUT);
      const seenAt = comeBack.get(key);
      return times >= LOOKS_WITHOUT && (seenAt === undefined || Math.abs(now() - seenAt) >= backAfterMs);
    },
  };
}
