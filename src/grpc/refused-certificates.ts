import type { TLSSocket } from "node:tls";
import type { Server } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";
import { listenersOf } from "./http2-listeners.ts";

/** BoringSSL's word for it. */
const NONE = "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE";

/**
 * Says in the log whose certificate was not taken, and why: the caller itself hears nothing, since Bun ends the connection without a
 * word (runtime.md §4.4). To be called once the server listens.
 */
export function tellRefusedCertificates(server: Server, log: Log): void {
  for (const listener of listenersOf(server)) {
    // What else ends a handshake is known to the caller, and strangers try all kinds of it.
    listener.on("tlsClientError", (error: Error, { remoteAddress: caller, authorizationError }: TLSSocket) => {
      if ("code" in error && error.code === NONE) log.warn("Refused a caller without a certificate", { caller });
      if (authorizationError) log.warn("Refused a certificate", { caller, problem: error.message });
    });
  }
}
