import { isIP } from "node:net";
import type { ServerUnaryCall } from "@grpc/grpc-js";

/**
 * The host of a gRPC peer: `127.0.0.1:5000`, `::1:5000` (grpc-js writes no brackets), `ipv4:…`, `ipv6:[…]:…`.
 * Undefined for `unknown`, unix sockets and anything else.
 */
export function parsePeer(peer: string): string | undefined {
  const usual = peer.slice(0, Math.max(peer.lastIndexOf(":"), 0));
  if (isIP(usual) !== 0 && !usual.includes("%")) return usual;
  const address = peer.replace(/^ipv[46]:/, "");
  const portAt = address.lastIndexOf(":");
  // `::1:5000` is also a valid address, so the reading with a port is tried first.
  for (const candidate of [address.slice(0, Math.max(portAt, 0)), address]) {
    const host = candidate.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
    if (isIP(host) !== 0) return host;
  }
  return undefined;
}

/** The `authorization` of a call. */
export function authorizationOf(call: Pick<ServerUnaryCall<unknown, object>, "metadata">): string | undefined {
  const [value] = call.metadata.get("authorization");
  return typeof value === "string" ? value : undefined;
}
