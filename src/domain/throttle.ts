import { keepLatest } from "./keep-latest.ts";

/** Lets a key through, returning how often it was held back since the last time; undefined holds it back. */
export type Throttle<Key> = (key: Key) => { readonly heldBack: number } | undefined;

const REMEMBERED = 1_000;

/**
 * Lets each key through once per `everyMs`. Remembers only the latest thousand keys that it let through, so that strangers cannot fill the
 * memory. `now` is in epoch ms; a clock that was set back lets everything through.
 */
export function createThrottle<Key>(everyMs: number, now: () => number): Throttle<Key> {
  const passed = new Map<Key, { at: number; heldBack: number }>();
  return (key) => {
    const at = now();
    const last = passed.get(key);
    if (last !== undefined && at >= last.at && at - last.at < everyMs) {
      last.heldBack += 1;
      return undefined;
    }
    // Removed and added again: the map stays in the order of passing, and the oldest key is the one to forget.
    passed.delete(key);
    passed.set(key, { at, heldBack: 0 });
    keepLatest(passed, REMEMBERED);
    return { heldBack: last?.heldBack ?? 0 };
  };
}
