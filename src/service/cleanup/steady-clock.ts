const LEAP_MS = 24 * 3_600_000;

/**
 * Whether the clock can be trusted for deleting rows by their age: a machine without a battery starts in the past, or in a future that
 * nobody will see, and is set right by NTP some minutes later. `monotonic`: ms by a clock that nobody sets. `heardAt`: when the bot last
 * heard from somebody, in this life or an earlier one, in epoch ms.
 */
export function createSteadyClock(deps: {
  now: () => number;
  monotonic: () => number;
  heardAt: () => number | undefined;
}) {
  const { now, monotonic, heardAt } = deps;
  let before: number | undefined;

  /** Somebody was heard within a day before this life, by the same clock as far as one can see. */
  function goesOn(): boolean {
    const last = heardAt();
    return last !== undefined && last <= now() && now() - last < LEAP_MS;
  }

  return {
    /**
     * True if it has not leapt by a day or more since the previous call. The first call has only the earlier lives to compare with: a bot
     * that is restarted again and again must not keep everything for ever.
     */
    isSteady(): boolean {
      const offset = now() - monotonic();
      const leap = before === undefined ? undefined : Math.abs(offset - before);
      before = offset;
      return leap === undefined ? goesOn() : leap < LEAP_MS;
    },
  };
}
