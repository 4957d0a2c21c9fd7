import { isIP } from "node:net";
import type { PeerCertificate } from "node:tls";
import { type ChannelCredentials, type ChannelOptions, credentials, Metadata, ServerCredentials } from "@grpc/grpc-js";
import type { ClientTls, ServerTls } from "../domain/tls.ts";

/** What a channel or a client is made of. */
export interface Secured {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** Bun sends no address as the name that is asked for (runtime.md §4.4); what is checked instead is up to `objectionTo`. */
const NO_NAME = "dwld-bot.invalid";

/**
 * Calls a host over TLS. `objectionTo` looks at a certificate that the authority has vouched for, and says why it is another's;
 * undefined when it is not.
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

/** Shows a token; undefined or "" for none. */
export function bearing(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token) metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}

/** Serves over TLS, or plainly where there is none. */
export function serverCredentials(tls: ServerTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { cert, key, clientCa } = tls;
  return ServerCredentials.createSsl(
    clientCa ?? null,
    [{ cert_chain: cert, private_key: key }],
    clientCa !== undefined,
  );
}
