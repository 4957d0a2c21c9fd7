import { isIP } from "node:net";
import type { PeerCertificate } from "node:tls";
import { type ChannelCredentials, type ChannelOptions, credentials, Metadata, ServerCredentials } from "@grpc/grpc-js";
import type { ClientTls, ServerTls } from "../domain/tls.ts";

/** What a channel or a client is made with. */
export interface Secured {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** Bun does not send an address as the requested name (runtime.md §4.4); `objectionTo` decides what is checked instead. */
const NO_NAME = "dwld-bot.invalid";

/**
 * Calls a host over TLS. `objectionTo` examines a certificate that the authority has signed, and says why it is not the right one;
 * undefined if it is.
 */
export function securely(
  host: string,
  { ca, identity }: ClientTls,
  objectionTo: (certificate: PeerCertificate) => Error | undefined,
): Secured {
  const { cert = null, key = null } = identity ?? {};
  return {
    credentials: credentials.createSsl(ca, key, cert, {
      checkServerIdentity: (_, certificate) => objectionTo(certificate),
    }),
    options: isIP(host) === 0 ? {} : { "grpc.ssl_target_name_override": NO_NAME },
  };
}

/** Sends a token; undefined or "" for none. */
export function bearing(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token) metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}

/** Serves over TLS, or plainly without it. */
export function serverCredentials(tls: ServerTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { cert, key, clientCa } = tls;
  return ServerCredentials.createSsl(
    clientCa ?? null,
    [{ cert_chain: cert, private_key: key }],
    clientCa !== undefined,
  );
}
