/** Counts how much of long lists is looked at between two turns of the event loop. */
export function countBetweenTurns() {
  let [looked, most, isOver] = [0, 0, false];
  const turn = () => {
    looked = 0;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    /** The same entries; each look at an address counts. */
    watched<T extends { readonly url: string }>(entries: readonly T[]): T[] {
      return entries.map((entry) => {
        const { url } = entry;
        return Object.defineProperty({ ...entry }, "url", {
          enumerable: true,
          get() {
            looked += 1;
            most = Math.max(most, looked);
            return url;
          },
        });
      });
    },
    /** The most looks between two turns so far. */
    get most() {
      return most;
    },
    [Symbol.dispose]() {
      isOver = true;
    },
  };
}

/** What may be looked at between two turns: milliseconds of work. */
export const FEW_LOOKS = 2_000;
