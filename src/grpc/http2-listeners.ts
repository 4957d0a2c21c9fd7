import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** The servers with which grpc-js listens, which it does not expose. Throws if it keeps them elsewhere, or listens nowhere. */
export function listenersOf(server: Server): readonly Http2Server[] {
  const kept: unknown = Reflect.get(server, "http2Servers");
  if (!(kept instanceof Map) || kept.size === 0) throw new Error("grpc-js keeps its servers elsewhere");
  return [...kept.keys()];
}

/** The connections that callers have to these servers, now or later; none if it listens nowhere. */
export function sessionsOf(server: Server): readonly Iterable<ServerHttp2Session>[] {
  const kept: Map<Http2Server, { readonly sessions: Set<ServerHttp2Session> }> = Reflect.get(server, "http2Servers");
  return [...kept.values()].map(({ sessions }) => sessions);
}
