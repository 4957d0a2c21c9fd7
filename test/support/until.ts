import { setImmediate } from "node:timers/promises";
import { WAIT_LIMIT_MS } from "./patience.ts";

/**
 * Waits for something that nobody reports, such as the state of another program: looks once in each turn of the event loop until `isSo`
 * returns true. Rejects at `WAIT_LIMIT_MS`, with `what` in the error; a bare loop would go on behind the tests that follow.
 */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const limit = AbortSignal.timeout(WAIT_LIMIT_MS);
  while (!(await isSo())) {
    if (limit.aborted) throw new Error(`Waited ${WAIT_LIMIT_MS} ms in vain until ${what}.`);
    await setImmediate();
  }
}
