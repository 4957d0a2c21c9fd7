import type { Handed } from "../hand-overs.ts";
import type { Memory } from "./memory.ts";
import { hasEnded, type RemoteEntry } from "./remote.ts";

/**
 * Tells ends that may still change from final ones: the program may be reading the rest of a list of videos, or try again what has failed.
 * By key.
 */
export interface ProvisionalEnds {
  /** The program has answered that it has taken this entry: all of it is there. */
  answered(key: string): void;
  /**
   * Whether the entry has not ended, or its end may still change: without an answer, until nothing more has come for `settlesMs`; for one
   * that is tried again, for as long.
   */
  mayChange(one: Pick<Handed, "key" | "sentAt">, found: RemoteEntry): boolean;
}

export function createProvisionalEnds(of: {
  readonly memory: Memory;
  readonly now: () => number;
  readonly settlesMs: number;
}): ProvisionalEnds {
  const { memory, now, settlesMs } = of;
  const whole = memory.set();
  /** How many were missing at the latest look, and since when. */
  const latest = memory.map<{ readonly missing: number; readonly since: number }>();
  /** When an entry that is tried again has failed. */
  const failedAt = memory.map<number>();

  function isRetried(key: string, found: RemoteEntry): boolean {
    const at = failedAt.get(key) ?? now();
    failedAt.delete(key);
    if (!hasEnded(found) || found.comesBack !== true || Math.abs(now() - at) >= settlesMs) return false;
    failedAt.set(key, at);
    return true;
  }

  return {
    answered: (key) => void whole.add(key),
    mayChange({ key, sentAt }, found) {
      const { missing = 0 } = found;
      const before = latest.get(key);
      const since = before === undefined ? (sentAt ?? now()) : before.missing === missing ? before.since : now();
      latest.set(key, { missing, since });
      if (isRetried(key, found) || !hasEnded(found)) return true;
      return missing > 0 && !whole.has(key) && Math.abs(now() - since) < settlesMs;
    },
  };
}
