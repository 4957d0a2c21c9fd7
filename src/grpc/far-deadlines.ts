import type { IncomingHttpHeaders } from "node:http2";
import type { Server } from "@grpc/grpc-js";
import { listenersOf } from "./http2-listeners.ts";

const TIMEOUT = "grpc-timeout";
/** The units of `grpc-timeout` that reach this far within its eight digits. */
const MS_OF: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000 };
/** The longest time of a timer: 24.8 days. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Makes calls whose deadline is further away than a timer reaches wait as long as they take: grpc-js would consider many of them over.
 * Call it once the server listens.
 */
export function forgetFarDeadlines(server: Server): void {
  for (const listener of listenersOf(server)) {
    listener.prependListener("stream", (_stream: unknown, headers: IncomingHttpHeaders) => {
      if (isFar(String(headers[TIMEOUT]))) delete headers[TIMEOUT];
    });
  }
}

function isFar(timeout: string): boolean {
  const [, digits, unit = ""] = /^(\d{1,8}) *([HMS])$/.exec(timeout) ?? [];
  return Number(digits) * (MS_OF[unit] ?? 0) > LONGEST_MS;
}
