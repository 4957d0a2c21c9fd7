import { readText } from "../config/file.ts";
import type { Log } from "../domain/log.ts";
import { EXIT } from "./exit.ts";

/**
 * Resolves at the first signal that asks to stop; the second ends the process at once. Closing the terminal asks too, unless the program
 * was started to outlive it (`nohup`).
 */
export function stopRequested(log: Log): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let asked = false;
  const hangUp = wasIgnored(SIGHUP) ? [] : (["SIGHUP"] as const);
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT", ...hangUp] as const) {
    process.on(signal, () => {
      if (asked) process.exit(EXIT.stopped);
      asked = true;
      log.info(`Stopping: ${signal}`);
      resolve(signal);
    });
  }
  return promise;
}

const SIGHUP = 1;

/** Whether the parent process made this one ignore a signal (proc(5): `SigIgn`); listening to it would end that. */
function wasIgnored(signal: number): boolean {
  const status = readText("/proc/self/status");
  const [, mask = "0"] = (status.ok && /^SigIgn:\s*([0-9a-f]+)$/m.exec(status.text)) || [];
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** A compiled binary would go on after an unhandled rejection (runtime.md §6.1); what is stored makes dying safe. */
export function dieOfBugs(log: Log): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      log.error("A bug: please report it", { error });
      process.exit(EXIT.bug);
    });
  }
}
