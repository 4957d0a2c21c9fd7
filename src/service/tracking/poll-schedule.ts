/** The result of a look at a downloader: something is happening there, nothing is, it had nothing of ours, or it did not answer. */
export type LookResult = "lively" | "quiet" | "idle" | "unreachable";

/** With a tick every 5 s: a look every 5 s, slowing down to every 60 s or every 5 min. */
const MOST_TICKS: Readonly<Record<LookResult, number>> = { lively: 1, quiet: 12, idle: 60, unreachable: 60 };

/** How often each downloader is asked, in ticks rather than instants, so that a clock that leaps changes nothing. */
export interface PollSchedule {
  /** Counts a tick; true if this downloader is due. A new one is due at once. */
  isDue(name: string): boolean;
  /** Sets when it is due next: twice as long as the last time, up to a limit. */
  asked(name: string, result: LookResult): void;
  /** Makes it due at the next tick. */
  pollSoon(name: string): void;
  /** Forgets all others. */
  keepOnly(names: ReadonlySet<string>): void;
}

export function createPollSchedule(): PollSchedule {
  const entries = new Map<string, { every: number; left: number }>();
  return {
    isDue(name) {
      const entry = entries.get(name);
      if (entry === undefined) return true;
      entry.left -= 1;
      return entry.left <= 0;
    },
    asked(name, result) {
      const every = Math.min(MOST_TICKS[result], 2 * (entries.get(name)?.every ?? 1));
      entries.set(name, { every, left: every });
    },
    pollSoon: (name) => void entries.set(name, { every: 1, left: 1 }),
    keepOnly(names) {
      for (const name of entries.keys()) if (!names.has(name)) entries.delete(name);
    },
  };
}
