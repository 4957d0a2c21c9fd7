import { setTimeout as sleep } from "node:timers/promises";

/** How often a stop tries a database that cannot be used. */
const AGAIN_MS = 250;

/** Repeats `work` until it says that nothing is left, for at most `ms`. */
export async function patiently(ms: number, work: () => boolean | Promise<boolean>): Promise<void> {
  for (const until = performance.now() + ms; !(await work()) && performance.now() < until; ) {
    await sleep(AGAIN_MS);
  }
}
