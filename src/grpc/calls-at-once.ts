/** More than a fleet of 300 makes within one turn, from one address too: behind a container's NAT it is one. */
const MOST = { fromOneAddress: 1_000, inAll: 2_000 } as const;

/**
 * Counts calls, turn by turn of the event loop, and answers whether a caller may make one more in this one. Bun reads on within a turn
 * while more comes (runtime.md §4.2): whoever never stops would hold up everything else for seconds.
 */
export function countCallsAtOnce(): (caller: string) => boolean {
  const counts = new Map<string, number>();
  let inAll = 0;
  const nextTurn = () => {
    counts.clear();
    inAll = 0;
  };
  return (caller) => {
    if (inAll === 0) setImmediate(nextTurn);
    const ofCaller = (counts.get(caller) ?? 0) + 1;
    counts.set(caller, ofCaller);
    inAll += 1;
    return ofCaller <= MOST.fromOneAddress && inAll <= MOST.inAll;
  };
}
