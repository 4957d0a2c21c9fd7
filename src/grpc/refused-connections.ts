import type { TLSSocket } from "node:tls";
import type { Server } from "@grpc/grpc-js";
import { errorCode } from "../domain/error-code.ts";
import type { Log } from "../domain/log.ts";
import { listenersOf } from "./http2-listeners.ts";

/** BoringSSL's words for a peer with which no TLS is possible. */
const REFUSED = new Map([
  ["ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", "Refused a caller without a certificate"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "Refused a caller that does not use TLS"],
  ["ERR_SSL_NO_APPLICATION_PROTOCOL", "Refused a caller that does not offer HTTP/2 over TLS"],
]);

/**
 * Logs callers that were not let in over TLS, and why: the caller itself gets no answer that it understands, because Bun closes the
 * connection without a word, or with one of TLS (runtime.md §4.4). Call it once the server listens.
 */
export function tellRefusedConnections(server: Server, log: Log): void {
  for (const listener of listenersOf(server)) {
    // Other ends of a handshake are known to the caller, and strangers try all kinds of things.
    listener.on("tlsClientError", (error: Error, { remoteAddress: caller, authorizationError }: TLSSocket) => {
      const refused = REFUSED.get(errorCode(error) ?? "");
      if (authorizationError) log.warn("Refused a certificate", { caller, problem: error.message });
      else if (refused !== undefined) log.warn(refused, { caller });
    });
    // A caller that names no protocol at all, as programs do that add TLS to what others send.
    listener.on("unknownProtocol", (socket: TLSSocket) => {
      log.warn("Refused a caller that does not offer HTTP/2 over TLS", { caller: socket.remoteAddress });
      socket.destroy();
    });
  }
}
