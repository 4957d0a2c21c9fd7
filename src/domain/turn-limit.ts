/** How many times something may be asked for within one turn of the event loop. */
export interface TurnLimit {
  readonly inAll: number;
  /** By each caller. */
  readonly ofOne: number;
}

/**
 * Counts what callers ask for, turn by turn of the event loop, and answers whether one may ask once more in this one. Bun reads on within
 * a turn while more comes (runtime.md §4.2): whoever never stops would hold up everything else for seconds. `afterTurn` runs once this
 * turn is over.
 */
export function createTurnLimit(
  most: TurnLimit,
  afterTurn: (work: () => void) => unknown,
): (caller: string) => boolean {
  const counts = new Map<string, number>();
  let inAll = 0;
  const forget = () => {
    counts.clear();
    inAll = 0;
  };
  return (caller) => {
    if (inAll === 0) afterTurn(forget);
    const ofCaller = (counts.get(caller) ?? 0) + 1;
    counts.set(caller, ofCaller);
    // What one caller is refused takes nothing from the others.
    if (ofCaller > most.ofOne) return false;
    inAll += 1;
    return inAll <= most.inAll;
  };
}
