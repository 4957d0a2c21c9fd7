import type { Wait } from "../../domain/wait.ts";

/** Keeps what nobody has just asked for from being done to the same thing too often. */
export interface Pace {
  /**
   * Whether it may be done now. Where it may not, `later` is called once, when it may; however often it was asked meanwhile.
   */
  mayNow(id: number, later: () => void): boolean;
  /** Calls nothing any more. */
  stop(): void;
}

/** `everyMs`: at most once in so many ms. */
export function createPace({ everyMs, now, wait }: { everyMs: number; now: () => number; wait: Wait }): Pace {
  const lastAt = new Map<number, number>();
  const waiting = new Set<number>();
  const stopping = new AbortController();

  return {
    mayNow(id, later) {
      if (waiting.has(id)) return false;
      for (const [other, at] of lastAt) if (now() - at >= everyMs || now() < at) lastAt.delete(other);
      const before = lastAt.get(id);
      if (before === undefined) {
        lastAt.set(id, now());
        return true;
      }
      waiting.add(id);
      void wait(before + everyMs - now(), stopping.signal).then(() => {
        waiting.delete(id);
        // What the clock says by then may be less: a timer counts by another one.
        lastAt.delete(id);
        if (!stopping.signal.aborted) later();
      });
      return false;
    },
    stop: () => stopping.abort(),
  };
}
