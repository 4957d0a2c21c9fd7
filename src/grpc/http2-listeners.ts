import type { Http2Server } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** The servers with which grpc-js listens, which it does not expose. Throws if it keeps them elsewhere, or listens nowhere. */
export function listenersOf(server: Server): readonly Http2Server[] {
  const kept: unknown = Reflect.get(server, "http2Servers");
  if (!(kept instanceof Map) || kept.size === 0) throw new Error("grpc-js keeps its servers elsewhere");
  return [...kept.keys()];
}
