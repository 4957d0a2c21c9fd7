import type { Handed } from "../hand-overs.ts";
import { hasEnded } from "./kept-keys.ts";
import type { RemoteEntry } from "./remote.ts";

/** Lists of videos that a program may still be reading: what it has of them may end before the rest is there. In memory. By keys. */
export interface Growing {
  /** It has answered about it: what it takes of it is there. */
  answered(key: string): void;
  /** Whether more of it may come. Without an answer that is so until nothing more has come for `settlesMs`. */
  mayGrow(one: Pick<Handed, "key" | "sentAt">, found: RemoteEntry): boolean;
}

export function createGrowing({ now, settlesMs }: { now: () => number; settlesMs: number }): Growing {
  const whole = new Set<string>();
  /** How many were missing at the latest look, and since when. */
  const latest = new Map<string, { readonly missing: number; readonly since: number }>();
  return {
    answered: (key) => void whole.add(key),
    mayGrow({ key, sentAt }, found) {
      const { missing = 0 } = found;
      const before = latest.get(key);
      const since = before === undefined ? (sentAt ?? now()) : before.missing === missing ? before.since : now();
      latest.set(key, { missing, since });
      if (!hasEnded(found)) return true;
      if (missing > 0 && !whole.has(key) && Math.abs(now() - since) < settlesMs) return true;
      latest.delete(key);
      whole.delete(key);
      return false;
    },
  };
}
