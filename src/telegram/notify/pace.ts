import type { Wait } from "../../domain/wait.ts";

/** Keeps unrequested work on the same thing from being done too often. */
export interface Pace {
  /**
   * Whether it may be done now. If not, `later` is called once, when it may, however often this is called in between. `early`: it may also
   * take the place of the next one, which then comes that much later.
   */
  mayNow(id: number, later: () => void, how?: { early: boolean }): boolean;
  /** Whether it may be done now in its turn. */
  isFree(id: number): boolean;
  /** No function is called any more. */
  stop(): void;
}

/** `everyMs`: at most once in this time. */
export function createPace({ everyMs, now, wait }: { everyMs: number; now: () => number; wait: Wait }): Pace {
  /** From when on it may be done again, epoch ms; in the order in which it was done. */
  const freeAt = new Map<number, number>();
  const waiting = new Set<number>();
  const stopping = new AbortController();

  /** In how many ms it may be done in its turn. */
  function left(id: number): number {
    const ms = (freeAt.get(id) ?? 0) - now();
    // A clock that was set back must not make it wait.
    return ms > 2 * everyMs ? 0 : Math.max(ms, 0);
  }

  function forgetFree(): void {
    for (const id of freeAt.keys()) {
      if (left(id) > 0) break;
      freeAt.delete(id);
    }
  }

  function spend(id: number): void {
    const after = now() + left(id) + everyMs;
    freeAt.delete(id);
    freeAt.set(id, after);
  }

  async function waitFor(id: number, aheadMs: number, later: () => void): Promise<void> {
    const before = freeAt.get(id);
    waiting.add(id);
    await wait(left(id) - aheadMs, stopping.signal);
    waiting.delete(id);
    // The clock may show less by then: a timer counts by another one.
    if (freeAt.get(id) === before) freeAt.set(id, now() + aheadMs);
    if (!stopping.signal.aborted) later();
  }

  return {
    mayNow(id, later, { early } = { early: false }) {
      if (waiting.has(id) && !early) return false;
      forgetFree();
      const aheadMs = early ? everyMs : 0;
      if (left(id) <= aheadMs) {
        spend(id);
        return true;
      }
      if (!waiting.has(id)) void waitFor(id, aheadMs, later);
      return false;
    },
    isFree: (id) => !waiting.has(id) && left(id) === 0,
    stop: () => stopping.abort(),
  };
}
