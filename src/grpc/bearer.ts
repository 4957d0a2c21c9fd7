const WORTH_TELLING = 5;
const PER_MS = 60_000;
/** Of one minute; a stranger with a whole IPv6 network must not fill memory. */
const MOST_CALLERS = 1_000;

/**
 * Whether one more wrong token of a caller is worth a line in the log: five a minute are (reliability.md §2.6). Nobody is
 * locked out by it, or one downloader with an old token would keep out its neighbours behind the same router.
 */
export function createWrongTokens(now: () => number): (caller: string | undefined) => boolean {
  const counts = new Map<string | undefined, number>();
  let startedAt = now();
  return (caller) => {
    if (Math.abs(now() - startedAt) >= PER_MS) {
      counts.clear();
      startedAt = now();
    }
    if (!counts.has(caller) && counts.size >= MOST_CALLERS) return false;
    const count = (counts.get(caller) ?? 0) + 1;
    counts.set(caller, count);
    return count <= WORTH_TELLING;
  };
}
