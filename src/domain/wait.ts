import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** A longer timer would fire at once (runtime.md §6.1). */
const LONGEST_MS = 2 ** 31 - 1;

/** The real clock's `Wait`; it never waits longer than 24 days. */
export const wait: Wait = (ms, signal) => sleep(Math.min(ms, LONGEST_MS), undefined, { signal }).catch(() => undefined);
