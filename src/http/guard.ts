import { hostname } from "node:os";
import { isLoopback, isLoopbackHost } from "../domain/network.ts";
import { createBearerCheck } from "../domain/token.ts";
import { type Handler, refuse } from "./answer.ts";

/** Wraps handlers so that they require `http.token`; while it is empty, every request is refused. */
export function createTokenGuard(token: string): (handler: Handler) => Handler {
  const isRight = createBearerCheck(token);
  return (handler) => (request, caller) => {
    if (token === "") return refuse(403, "This needs http.token, which is not set in the bot's config.");
    if (isRight(request.headers.get("authorization"))) return handler(request, caller);
    return refuse(401, "Send the token: authorization: Bearer …", { "www-authenticate": "Bearer" });
  };
}

/** Headers by which reverse proxies name the client. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** Wraps a handler so that only programs on this machine may call it, and not a reverse proxy for somebody else. */
export function onlyFromHere(handler: Handler): Handler {
  return (request, caller) => {
    const isHere = isLoopback(caller.address) && !FORWARDED.some((name) => request.headers.has(name));
    return isHere ? handler(request, caller) : refuse(403, "Only callers on this machine may do this.");
  };
}

/**
 * Checks that a request's `Host` can only mean this server: a page in somebody's browser whose name was made to resolve to this machine
 * fails (DNS rebinding). A server that others can reach accepts any name.
 */
export function createHostCheck(listenHost: string): (host: string | null) => boolean {
  if (!isLoopbackHost(listenHost)) return () => true;
  const own = [listenHost, hostname()].map((name) => name.toLowerCase());
  return (host) => {
    const name = URL.parse(`http://${host ?? ""}`)?.hostname.replace(/^\[(.*)\]$/, "$1");
    return name !== undefined && (isLoopbackHost(name) || own.includes(name));
  };
}
