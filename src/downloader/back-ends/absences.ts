import type { Memory } from "./memory.ts";

/** For how long entries have been missing from a program's list, by key. */
export interface Absences {
  /** `comesBack`: see `RemoteEntry`. */
  seen(key: string, comesBack?: boolean): void;
  /** Counts one more look that has not found it; true if that is to be believed. */
  isBelieved(key: string): boolean;
}

/** It must be missing this often in a row before that is believed. */
const LOOKS_WITHOUT = 3;

/** `backAfterMs`: the longest time for which an entry that comes back by itself is away. */
export function createAbsences(of: {
  readonly memory: Memory;
  readonly now: () => number;
  readonly backAfterMs: number;
}): Absences {
  const { memory, now, backAfterMs } = of;
  /** In how many looks in a row it was missing. */
  const looks = memory.map<number>();
  /** When an entry that comes back by itself was last seen. */
  const comeBack = memory.map<number>();
  return {
    seen(key, comesBack = false) {
      looks.delete(key);
      if (comesBack) comeBack.set(key, now());
      else comeBack.delete(key);
    },
    isBelieved(key) {
      const times = (looks.get(key) ?? 0) + 1;
      looks.set(key, times % LOOKS_WITHOUT);
      const seenAt = comeBack.get(key);
      return times >= LOOKS_WITHOUT && (seenAt === undefined || Math.abs(now() - seenAt) >= backAfterMs);
    },
  };
}
