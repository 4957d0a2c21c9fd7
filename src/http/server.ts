import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../domain/downloader.ts";
import { errorCode } from "../domain/error-code.ts";
import { ListenError } from "../domain/listening.ts";
import type { Log } from "../domain/log.ts";
import { createTurnLimit } from "../domain/turn-limit.ts";
import { startInterval } from "../service/interval.ts";
import { type Caller, type Routes, refuse } from "./answer.ts";
import { LARGEST_BODY } from "./body.ts";
import { createShortageCheck } from "./descriptor-shortage.ts";
import { createHostCheck } from "./guard.ts";

/** reliability.md §5.4. */
const IDLE_S = 10;
/** Bun's maximum. */
const LONGEST_IDLE_S = 255;
const GRACE_MS = 2_000;
/** A multiple of the usual tick, which wakes the process anyway. */
const LOOK_MS = 5_000;
/** How long HTTP pauses after all connections were closed. */
const PAUSE_MS = 30_000;
/**
 * Per turn of the event loop. Hardly any program sends a request before it has the answer to the previous one; `ofOne` is per connection.
 */
const MOST_REQUESTS = { inAll: 1_000, ofOne: 20 } as const;

/** Disposing it stops accepting requests, and after a moment closes the connections of those without an answer. */
export interface HttpServer extends AsyncDisposable {
  readonly address: Address;
}

/** How it is noticed that there are too many connections; `elapsed`: ms by a clock that nobody sets. */
interface Watch {
  readonly everyMs: number;
  readonly isCrowded: () => boolean;
  readonly elapsed: () => number;
}

/** Serves `routes`. Port 0 takes any free one. Throws `ListenError`. */
export function startHttpServer(
  { listen, routes, log }: { listen: Address; routes: Routes; log: Log },
  watch: Watch = { everyMs: LOOK_MS, isCrowded: createShortageCheck(), elapsed: () => performance.now() },
): HttpServer {
  const { everyMs, isCrowded, elapsed } = watch;
  const isOurs = createHostCheck(listen.host);

  async function answer(request: Request, caller: Caller): Promise<Response> {
    if (!isOurs(request.headers.get("host"))) return refuse(403, "This server does not go by that name.");
    // Bun leaves the host out of the URL if it is not a host, such as `name@127.0.0.1`.
    const pathname = URL.parse(request.url)?.pathname;
    if (pathname === undefined) return refuse(400, "The request names no host.");
    const method = request.method === "HEAD" ? "GET" : request.method;
    const handler = Object.hasOwn(routes, `${method} ${pathname}`) ? routes[`${method} ${pathname}`] : undefined;
    if (handler !== undefined) return handler(request, caller);
    const allowed = Object.keys(routes).flatMap((route) => {
      const [known = "", path] = route.split(" ");
      return path === pathname ? known : [];
    });
    if (allowed.length === 0) return refuse(404, "There is no such page.");
    return refuse(405, `Only ${allowed.join(", ")} is allowed here.`, { allow: allowed.join(", ") });
  }

  const open = (address: Address) =>
    listenOn(address, (request, caller) =>
      answer(request, caller).catch((error) => {
        log.error(`Cannot answer ${request.method} ${URL.parse(request.url)?.pathname}`, { error });
        return refuse(500, "Something went wrong; the log of the bot says what.");
      }),
    );

  let server: ReturnType<typeof listenOn> | undefined = open(listen);
  const address = { host: listen.host, port: server.port ?? listen.port };
  let pausedUntil = 0;

  /** Whoever may connect could take all descriptors; links, servers and Telegram matter more than HTTP. */
  async function look(): Promise<void> {
    if (server === undefined && elapsed() >= pausedUntil) server = open(address);
    if (server === undefined || !isCrowded()) return;
    log.warn("Too many connections: closing all of them", { pauseMs: PAUSE_MS });
    pausedUntil = elapsed() + PAUSE_MS;
    void server.stop(true);
    server = undefined;
  }

  const looking = startInterval({ everyMs, work: look, name: "Looking for too many connections", log });

  return {
    address,
    async [Symbol.asyncDispose]() {
      await looking.stop();
      await Promise.race([server?.stop(), sleep(GRACE_MS, undefined, { ref: false })]);
      await server?.stop(true);
    },
  };
}

function listenOn(address: Address, answer: (request: Request, caller: Caller) => Promise<Response>) {
  const mayAsk = createTurnLimit(MOST_REQUESTS, setImmediate);
  try {
    return Bun.serve({
      hostname: address.host,
      port: address.port,
      idleTimeout: IDLE_S,
      maxRequestBodySize: LARGEST_BODY,
      development: false,
      // Bun 1.4.5 shares the port with another process if `development` is false and this is not set.
      reusePort: false,
      fetch(request, server) {
        const { address = "", port } = server.requestIP(request) ?? {};
        if (!mayAsk(`${address} ${port}`)) return refuse(429, "Too many requests at once.", { connection: "close" });
        return answer(request, {
          address,
          allowMs: (ms) => server.timeout(request, Math.min(LONGEST_IDLE_S, Math.ceil(ms / 1000))),
        });
      },
    });
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    throw new ListenError("HTTP", address, { code, cause: error });
  }
}
