const LEAP_MS = 24 * 3_600_000;

/**
 * Whether the clock can be trusted for deleting rows by their age: a machine without a battery starts in the past, or in a future that
 * nobody will see, and is set right by NTP some minutes later. `monotonic`: ms by a clock that nobody sets.
 */
export function createSteadyClock({ now, monotonic }: { now: () => number; monotonic: () => number }) {
  let before: number | undefined;
  return {
    /** True if it has not leapt by a day or more since the previous call; unknown, so false, at the first one. */
    isSteady(): boolean {
      const offset = now() - monotonic();
      const leap = before === undefined ? Number.POSITIVE_INFINITY : Math.abs(offset - before);
      before = offset;
      return leap < LEAP_MS;
    },
  };
}
