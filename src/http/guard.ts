import { hostname } from "node:os";
import { isLoopback, isLoopbackHost } from "../domain/network.ts";
import { createBearerCheck } from "../domain/token.ts";
import { type Handler, refuse } from "./answer.ts";

/** Handlers that only whoever knows `http.token` may call; nobody may while it is empty. */
export function createTokenGuard(token: string): (handler: Handler) => Handler {
  const isRight = createBearerCheck(token);
  return (handler) => (request, caller) => {
    if (token === "") return refuse(403, "This is refused until http.token is set in the config of the bot.");
    if (isRight(request.headers.get("authorization"))) return handler(request, caller);
    return refuse(401, "Say the token: authorization: Bearer …", { "www-authenticate": "Bearer" });
  };
}

/** What reverse proxies say of whom they call for. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** A handler that only programs on this machine may call, and nobody for whom one of them calls and says so. */
export function onlyFromHere(handler: Handler): Handler {
  return (request, caller) => {
    const isHere = isLoopback(caller.address) && !FORWARDED.some((name) => request.headers.has(name));
    return isHere ? handler(request, caller) : refuse(403, "This is only for callers on this machine.");
  };
}

/**
 * Whether a request names this server by a name that cannot be another's: a page in somebody's browser, whose name was
 * made to resolve to this machine, cannot (DNS rebinding). A server that others can reach goes by any name.
 */
export function createHostCheck(listenHost: string): (host: string | null) => boolean {
  if (!isLoopbackHost(listenHost)) return () => true;
  const own = [listenHost, hostname()].map((name) => name.toLowerCase());
  return (host) => {
    const name = URL.parse(`http://${host ?? ""}`)?.hostname.replace(/^\[(.*)\]$/, "$1");
    return name !== undefined && (isLoopbackHost(name) || own.includes(name));
  };
}
