import type { Wait } from "../../domain/wait.ts";

/** Notices a download that has stalled, or is so slow that it will never end. */
export interface StallDetector extends Disposable {
  /** Aborts when it has. */
  readonly stalled: AbortSignal;
  received(bytes: number): void;
  /** What has come is being processed: until more comes, silence is no stall. After six hours it is. */
  expectSilence(): void;
  /** Waits to keep to a rate limit; that is no stall either. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** For this long nothing at all may come. */
const LOOK_EVERY_MS = 60_000;
/** A site that sends a byte a minute would take up a place for ever. The slowest of modems is ten times faster. */
const LEAST_BYTES = 30_000;
const OF_LOOKS = 5;
const MOST_LOOKS_HELD = 360;

/** Starts at once: in each minute something must come, and in any five minutes 100 bytes a second. */
export function createStallDetector(wait: Wait): StallDetector {
  const stalled = new AbortController();
  const ended = new AbortController();
  let latest = 0;
  let isPausing = false;
  /** Since the latest look. */
  let hasPaused = false;
  let isHeld = false;
  let looksHeld = 0;

  async function judge(): Promise<void> {
    let looks: number[] = [];
    for (;;) {
      await wait(LOOK_EVERY_MS, ended.signal);
      if (ended.signal.aborted) return;
      // Others had to do something, so the site cannot be judged.
      if (hasPaused) looks = [];
      else looks = [...looks, latest].slice(-OF_LOOKS);
      const isSilent = !hasPaused && latest === 0;
      looksHeld = isHeld ? looksHeld + 1 : 0;
      const sum = looks.reduce((bytes, one) => bytes + one, 0);
      if (isSilent || looksHeld >= MOST_LOOKS_HELD || (looks.length === OF_LOOKS && sum < LEAST_BYTES))
        return stalled.abort();
      latest = 0;
      hasPaused = isPausing || isHeld;
    }
  }

  void judge();
  return {
    stalled: stalled.signal,
    received(bytes) {
      latest += bytes;
      if (bytes > 0) isHeld = false;
    },
    expectSilence() {
      isHeld = hasPaused = true;
    },
    async pause(ms, signal) {
      isPausing = hasPaused = true;
      await wait(ms, signal);
      isPausing = false;
    },
    [Symbol.dispose]: () => ended.abort(),
  };
}
