import type { ServerOptions } from "@grpc/grpc-js";

/** After how long a silence a caller is asked whether it is there, and how long it may take to answer. */
export interface Keepalive {
  readonly everyMs: number;
  readonly patienceMs: number;
}

export const KEEPALIVE: Keepalive = { everyMs: 60_000, patienceMs: 20_000 };

/** The limits for any server of ours, because anybody may connect (reliability.md §2.5). */
export function serverOptions({ everyMs, patienceMs }: Keepalive): ServerOptions {
  return {
    "grpc.max_receive_message_length": 64 * 1024,
    "grpc.max_connection_idle_ms": 5 * 60_000,
    // This also ends connections that never send anything.
    "grpc.keepalive_time_ms": everyMs,
    "grpc.keepalive_timeout_ms": patienceMs,
    // Its counters are for a service of grpc-js that is not served.
    "grpc.enable_channelz": 0,
  };
}
