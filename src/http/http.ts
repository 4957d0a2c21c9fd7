import type { Address } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import type { StatusProvider } from "../domain/monitoring.ts";
import { createTokenGuard, onlyFromHere } from "./guard.ts";
import { createReadyz, healthz } from "./health.ts";
import type { AcceptLinks } from "./links.ts";
import type { Metrics } from "./metrics.ts";
import { createPostLink, createPostLinks } from "./post-links.ts";
import type { Profiles } from "./profiles/profiles.ts";
import { type HttpServer, startHttpServer } from "./server.ts";

/** Less than the connection's own limit, so that a slow caller gets an answer. */
const BODY_MS = 8_000;

/** Starts the HTTP side: links, health, metrics, profiles (docs/en/http.md). Throws `ListenError`. */
export function startHttp(deps: {
  settings: { readonly listen: Address; readonly token: string };
  accept: AcceptLinks;
  status: StatusProvider;
  metrics: Metrics;
  profiles: Pick<Profiles, "cpu" | "heap">;
  now: () => number;
  log: Log;
}): HttpServer {
  const { settings, accept, status, profiles, now, log } = deps;
  const withToken = createTokenGuard(settings.token);
  return startHttpServer({
    listen: settings.listen,
    routes: {
      "GET /healthz": healthz,
      "GET /readyz": createReadyz({ status, now }),
      "GET /metrics": deps.metrics.serve({ status, now }),
      "POST /links": withToken(createPostLinks({ accept, bodyMs: BODY_MS })),
      "POST /link": withToken(createPostLink({ accept, bodyMs: BODY_MS, log })),
      "GET /debug/pprof/profile": onlyFromHere(withToken(profiles.cpu)),
      "GET /debug/pprof/heap": onlyFromHere(withToken(profiles.heap)),
    },
    log,
  });
}
