import { expect, test } from "bun:test";
import { judge } from "../chaos/judge.ts";
import { play } from "../chaos/play.ts";

/** More of them: `npm run chaos -- --seeds 1-200`. */
const SEEDS = Array.from({ length: 20 }, (_, nth) => nth + 1);

// A seed is mostly waiting: run at the same time, they take a fifth of it.
test.concurrent.each(SEEDS)(
  "seed %i of random faults loses nothing, doubles nothing without saying so and leaves nothing behind",
  async (seed) => {
    const { broken, links } = judge(await play(seed));
    expect(broken).toEqual([]);
    expect(links).toBeGreaterThan(5);
  },
);
