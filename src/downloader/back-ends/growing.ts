import type { Handed } from "../hand-overs.ts";
import type { Memory } from "./memory.ts";
import { hasEnded, type RemoteEntry } from "./remote.ts";

/**
 * Entries that have ended in a program, but perhaps not for good: a list of videos of which it is still reading the rest, or an entry that
 * has failed and is tried again there; by key.
 */
export interface Growing {
  /** It has answered about this entry: all that it takes of it is there. */
  answered(key: string): void;
  /**
   * Whether more of it may come. Without an answer, that is so until nothing more has come for `settlesMs`; and for that long at most
   * something is tried again.
   */
  mayGrow(one: Pick<Handed, "key" | "sentAt">, found: RemoteEntry): boolean;
}

export function createGrowing(of: {
  readonly memory: Memory;
  readonly now: () => number;
  readonly settlesMs: number;
}): Growing {
  const { memory, now, settlesMs } = of;
  const whole = memory.set();
  /** How many were missing at the latest look, and since when. */
  const latest = memory.map<{ readonly missing: number; readonly since: number }>();
  /** When an entry that is tried again has failed. */
  const failedAt = memory.map<number>();

  function mayGoWell(key: string, found: RemoteEntry): boolean {
    const at = failedAt.get(key) ?? now();
    failedAt.delete(key);
    if (!hasEnded(found) || found.comesBack !== true || Math.abs(now() - at) >= settlesMs) return false;
    failedAt.set(key, at);
    return true;
  }

  return {
    answered: (key) => void whole.add(key),
    mayGrow({ key, sentAt }, found) {
      const { missing = 0 } = found;
      const before = latest.get(key);
      const since = before === undefined ? (sentAt ?? now()) : before.missing === missing ? before.since : now();
      latest.set(key, { missing, since });
      if (mayGoWell(key, found) || !hasEnded(found)) return true;
      return missing > 0 && !whole.has(key) && Math.abs(now() - since) < settlesMs;
    },
  };
}
