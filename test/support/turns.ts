/** Counts how many entries of long lists are read within one turn of the event loop. */
export function countBetweenTurns() {
  let [looked, most, isOver] = [0, 0, false];
  const turn = () => {
    looked = 0;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    /** The same entries; each access to a URL counts. */
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
    /** The most accesses within one turn so far. */
    get most() {
      return most;
    },
    [Symbol.dispose]() {
      isOver = true;
    },
  };
}

/** How many may be read within one turn: milliseconds of work. */
export const FEW_LOOKS = 2_000;
