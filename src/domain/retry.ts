const SECOND_MS = 1000;
const ASK_AFTER_MS = [5 * SECOND_MS, 15 * SECOND_MS];
const ASK_AT_LAST_MS = 60 * SECOND_MS;
/** No downloader is asked later than this about a link that it may have. */
export const LONGEST_UNTIL_ASKED_MS = ASK_AT_LAST_MS;
const EJECTION_STEP_MS = 30 * SECOND_MS;
const EJECTION_CAP_MS = 600 * SECOND_MS;
const JITTER = 0.2;

interface Backoff {
  /** Attempts that failed so far; 1 after the first. */
  readonly attempts: number;
  readonly now: number;
  /** Ms to wait after the first failure. */
  readonly first: number;
  /** The longest wait, in ms. */
  readonly cap: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * When a link that no downloader took is tried again, in epoch ms: `min(cap, first · 2^(attempts − 1))` ±20 %, never longer than `cap`
 * (reliability.md §1.3). At the cap the random part is from the lower half, so that waits stay spread out.
 */
export function nextAttemptAt({ attempts, now, first, cap, random }: Backoff): number {
  // Bounded, because 0 · Infinity is NaN.
  const doublings = Math.min(Math.max(attempts - 1, 0), 50);
  const wait = Math.min(cap, first * 2 ** doublings);
  const shortest = wait * (1 - JITTER);
  const longest = Math.min(cap, wait * (1 + JITTER));
  return now + Math.floor(shortest + random() * (longest - shortest));
}

/**
 * When a downloader is asked again about a link that it may have (reliability.md §2.4): 5 s from now after 0 unsuccessful questions, then
 * 15, 60, 60 … s, never past `holdUntil`. A result that is not after `now` means that the hold is over.
 */
export function nextAskAt({ asks, now, holdUntil }: { asks: number; now: number; holdUntil: number }): number {
  const wait = ASK_AFTER_MS[asks] ?? ASK_AT_LAST_MS;
  return Math.min(now + wait, holdUntil);
}

/** How long a failing downloader is ejected, in ms: 30 s for each time in a row, at most 10 min (reliability.md §2.6). */
export function ejectionMs(timesEjected: number): number {
  return Math.min(Math.max(timesEjected, 0) * EJECTION_STEP_MS, EJECTION_CAP_MS);
}
