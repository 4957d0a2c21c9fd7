/** How a look at a downloader went: something happens there, nothing does, it had nothing of ours, or it did not answer. */
export type LookResult = "lively" | "quiet" | "idle" | "unreachable";

/** With a tick every 5 s: a look every 5 s, slowing down to 60 s, or to 5 min. */
const MOST_TICKS: Readonly<Record<LookResult, number>> = { lively: 1, quiet: 12, idle: 60, unreachable: 60 };

/** How often each downloader is asked, in ticks rather than instants: a clock that leaps changes nothing. */
export interface PollSchedule {
  /** Counts a tick; true when this downloader's turn has come. Whoever is new has it at once. */
  isDue(name: string): boolean;
  /** Sets the next turn: twice as far away as the last one, up to a bound. */
  asked(name: string, result: LookResult): void;
  /** Has its turn at the next tick. */
  pollSoon(name: string): void;
  /** Forgets all others. */
  keepOnly(names: ReadonlySet<string>): void;
}

export function createPollSchedule(): PollSchedule {
  const turns = new Map<string, { every: number; left: number }>();
  return {
    isDue(name) {
      const turn = turns.get(name);
      if (turn === undefined) return true;
      turn.left -= 1;
      return turn.left <= 0;
    },
    asked(name, result) {
      const every = Math.min(MOST_TICKS[result], 2 * (turns.get(name)?.every ?? 1));
      turns.set(name, { every, left: every });
    },
    pollSoon: (name) => void turns.set(name, { every: 1, left: 1 }),
    keepOnly(names) {
      for (const name of turns.keys()) if (!names.has(name)) turns.delete(name);
    },
  };
}
