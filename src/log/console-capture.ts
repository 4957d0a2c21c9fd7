import { format } from "node:util";
import type { Log } from "../domain/log.ts";
import type { LogLevel } from "./line.ts";

const methods = {
  debug: "debug",
  trace: "debug",
  log: "info",
  info: "info",
  dir: "info",
  warn: "warn",
  error: "error",
} as const satisfies Partial<Record<keyof Console, LogLevel>>;

/**
 * Sends what libraries print with `console` and `process.emitWarning` to the log: GramIO prints raw errors that contain the token
 * (runtime.md §3.2). Returns the function that undoes it.
 */
export function captureConsole(log: Log): () => void {
  const target = globalThis.console;
  const names = Object.keys(methods) as (keyof typeof methods)[];
  const originals = names.map((name) => [name, target[name]] as const);
  for (const name of names) target[name] = (...args: unknown[]) => log[methods[name]](format(...args));

  // Bun's own printer is an ordinary listener.
  const printers = process.listeners("warning");
  const onWarning = (warning: Error) => log.warn(`${warning.name}: ${warning.message}`);
  process.removeAllListeners("warning");
  process.on("warning", onWarning);

  return () => {
    for (const [name, original] of originals) Object.assign(target, { [name]: original });
    process.off("warning", onWarning);
    for (const printer of printers) process.on("warning", printer);
  };
}
