import {
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";
import { wait as realWait, type Wait } from "../domain/wait.ts";
import { answering, type UnaryReply } from "./answer.ts";

/** Far more than any fleet has, with one each; each costs 13 KB for as long as it likes. */
const MOST_WATCHERS = 1_024;
/** A downloader has one: a few connections of a stranger must not lock out the fleet. */
const MOST_OF_A_CONNECTION = 8;

/** Proxies close what is silent for longer: 30 s is usual. */
const AGAIN_MS = 25_000;

type Watcher = ServerWritableStream<unknown, object>;

export interface HealthService {
  readonly handlers: UntypedServiceImplementation;
  /** Tells every watcher if it has changed. Not serving before the first call. */
  setServing(serving: boolean): void;
  /** Ends the watchers' streams, which would hold up a shutdown. */
  endWatches(): void;
}

/** The standard health service (gRFC A17) for the named services; "" is the server as a whole. */
export function createHealthService(of: {
  readonly services: readonly string[];
  readonly log: Log;
  readonly wait?: Wait;
}): HealthService {
  const { services, log, wait = realWait } = of;
  const known = new Set(["", ...services]);
  const watchers = new Map<Watcher, { readonly service: string; readonly peer: string }>();
  let serving = false;
  let saying: AbortController | undefined;

  // Only Watch says SERVICE_UNKNOWN, and the stream stays open, as the specification requires.
  const statusOf = (service: string) => ({
    status: known.has(service) ? (serving ? "SERVING" : "NOT_SERVING") : "SERVICE_UNKNOWN",
  });

  const check = ({ request }: ServerUnaryCall<unknown, object>): UnaryReply => {
    const service = serviceOf(request);
    if (known.has(service)) return { ok: true, reply: statusOf(service) };
    return { ok: false, code: status.NOT_FOUND, details: "This server has no such service" };
  };

  /** A peer is an address with its port, so it identifies a connection. */
  const isCrowded = (peer: string): boolean =>
    watchers.size >= MOST_WATCHERS ||
    [...watchers.values()].filter((other) => other.peer === peer).length >= MOST_OF_A_CONNECTION;

  /** A watcher takes the end of the stream for the end of the bot, and a proxy may end a stream that has been silent for long. */
  async function sayAgain(over: AbortController): Promise<void> {
    saying = over;
    while (watchers.size > 0) {
      await wait(AGAIN_MS, over.signal);
      if (over.signal.aborted) break;
      // For a watcher that reads nothing, everything would stay in memory.
      for (const [watcher, { service }] of watchers) if (!watcher.writableNeedDrain) watcher.write(statusOf(service));
    }
    if (saying === over) saying = undefined;
  }

  const watch = (call: Watcher): void => {
    const service = serviceOf(call.request);
    const peer = call.getPeer();
    if (isCrowded(peer)) {
      call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: "Too many watchers" });
      return;
    }
    // Without a listener for errors, a client that resets the stream takes the process down.
    for (const end of ["cancelled", "close", "error"]) call.on(end, () => watchers.delete(call));
    watchers.set(call, { service, peer });
    call.write(statusOf(service));
    if (saying === undefined) void sayAgain(new AbortController());
  };

  return {
    handlers: { Check: answering(check, log), Watch: watch },
    setServing(value) {
      if (value === serving) return;
      serving = value;
      for (const [watcher, { service }] of watchers) if (known.has(service)) watcher.write(statusOf(service));
    },
    endWatches() {
      for (const watcher of watchers.keys()) watcher.end();
      watchers.clear();
      saying?.abort();
    },
  };
}

function serviceOf(request: unknown): string {
  const { service } = request as { readonly service: string };
  return service;
}
