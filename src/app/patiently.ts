import { setTimeout as sleep } from "node:timers/promises";

/** How long a stop waits for a database that cannot be used, and how often it tries. */
const PATIENCE_MS = 5_000;
const AGAIN_MS = 250;

/** Tries until `work` says that nothing is left, for some seconds. */
export async function patiently(work: () => boolean | Promise<boolean>): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; !(await work()) && performance.now() < until; ) {
    await sleep(AGAIN_MS);
  }
}
