import type { Wait } from "../../../src/domain/wait.ts";
import { createClock } from "../clock.ts";

/** A clock that advances by itself over any wait of the bot up to a minute: pauses between messages, gathering of news. */
export interface FlowingTime {
  now(): number;
  readonly wait: Wait;
  /** Hours go by. */
  passes(ms: number): void;
  /** The clock stops while this runs; then it advances by a minute. */
  within(work: () => Promise<void>): Promise<void>;
}

const MINUTE_MS = 60_000;

export function createFlowingTime(startAt: number): FlowingTime {
  const clock = createClock(startAt);
  let isHeld = false;
  return {
    now: clock.now,
    wait(ms, signal) {
      const waited = clock.wait(ms, signal);
      if (!isHeld && ms > 0 && ms <= MINUTE_MS) queueMicrotask(() => clock.advance(ms));
      return waited;
    },
    passes: clock.advance,
    async within(work) {
      isHeld = true;
      await work();
      isHeld = false;
      clock.advance(MINUTE_MS);
    },
  };
}
