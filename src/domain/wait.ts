import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** A longer timer would fire at once (runtime.md §6.1). */
const LONGEST_MS = 2 ** 31 - 1;

/** The real clock's `Wait`; it never waits longer than 24 days. */
export const wait: Wait = (ms, signal) => sleep(Math.min(ms, LONGEST_MS), undefined, { signal }).catch(() => undefined);

/**
 * What `work` resolves with; undefined if it takes longer than `ms`, or if `signal` aborts first. Rejects as `work` does, which goes on in
 * any case.
 */
export async function within<T>(
  work: PromiseLike<T>,
  { ms, wait, signal }: { ms: number; wait: Wait; signal?: AbortSignal | undefined },
): Promise<T | undefined> {
  const ended = new AbortController();
  const over = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  try {
    return await Promise.race([work, wait(ms, over).then(() => undefined)]);
  } finally {
    ended.abort();
  }
}
