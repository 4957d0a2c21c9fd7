import type { Memory } from "./memory.ts";

/** How long it is that entries are missing from what a program tells. By keys. */
export interface Absences {
  /** `comesBack`: see `RemoteEntry`. */
  seen(key: string, comesBack?: boolean): void;
  /** Counts one more look that has not found it; true when that is to be believed. */
  isBelieved(key: string): boolean;
}

/** So often in a row it has to be missing before that is believed. */
const LOOKS_WITHOUT = 3;

/** `backAfterMs`: for so long at most something is away that comes back by itself. */
export function createAbsences(of: {
  readonly memory: Memory;
  readonly now: () => number;
  readonly backAfterMs: number;
}): Absences {
  const { memory, now, backAfterMs } = of;
  /** So many looks in a row have not found it. */
  const looks = memory.map<number>();
  /** When it was seen last, of what comes back. */
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
