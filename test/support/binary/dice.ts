/** Randomness that a seed repeats. */
export interface Dice {
  /** 1 … most. */
  upTo(most: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** Mulberry32, which is good enough for choices. */
export function createDice(seed: number): Dice {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    upTo: (most) => 1 + Math.floor(next() * most),
    pick(choices) {
      const [picked] = choices.slice(Math.floor(next() * choices.length));
      if (picked === undefined) throw new Error("There is nothing to pick from");
      return picked;
    },
  };
}
