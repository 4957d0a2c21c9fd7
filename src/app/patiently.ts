import { setTimeout as sleep } from "node:timers/promises";

/** How often a stop tries a database that cannot be used. */
const AGAIN_MS = 250;

/** Tries until `work` says that nothing is left, for so many ms. */
export async function patiently(ms: number, work: () => boolean | Promise<boolean>): Promise<void> {
  for (const until = performance.now() + ms; !(await work()) && performance.now() < until; ) {
    await sleep(AGAIN_MS);
  }
}
