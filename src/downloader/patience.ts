import type { Wait } from "../domain/wait.ts";

/** Decides whether a download is fast enough to be waited for. */
export interface Patience extends Disposable {
  /** Aborts if it is not. */
  readonly tooSlow: AbortSignal;
  came(bytes: number): void;
  /** Nothing is expected until something comes: what has come is being processed. Not for more than six hours; after that it hangs. */
  hold(): void;
  /** Waits on our own account, because of a rate limit: that is nobody's fault. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** For this long nothing at all may come. */
const LOOK_EVERY_MS = 60_000;
/** A site that sends a byte a minute would take up a place for ever. The slowest of modems is ten times faster. */
const LEAST_BYTES = 30_000;
const OF_LOOKS = 5;
const MOST_LOOKS_HELD = 360;

/** Patience that begins now: something must come within each minute, and 100 bytes a second within five minutes. */
export function createPatience(wait: Wait): Patience {
  const tooSlow = new AbortController();
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
        return tooSlow.abort();
      latest = 0;
      hasPaused = isPausing || isHeld;
    }
  }

  void judge();
  return {
    tooSlow: tooSlow.signal,
    came(bytes) {
      latest += bytes;
      if (bytes > 0) isHeld = false;
    },
    hold() {
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
