import type { Identity, TlsOf } from "./tls.ts";

/** What a machine presents to become a server of the bot. */
export interface JoinAttempt {
  /** Of the code. */
  readonly id: Buffer;
  readonly secret: Buffer;
  /** Its own certificate, PEM: the bot recognises it by this from then on. */
  readonly certificate: string;
  /** It presents this whenever it registers. */
  readonly token: string;
}

/**
 * Why a machine does not become a server.
 * - `unknown`: there is no such code; also once too many wrong secrets were tried for it, or a later one was made for the name.
 * - `expired`: its hour is over.
 * - `used`: another machine has joined by it.
 * - `unfit`: the certificate is not issued to the name.
 */
export type JoinRefusal = "unknown" | "expired" | "used" | "unfit";

export type JoinOutcome =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly why: JoinRefusal };

/** A server that has joined. */
export interface JoinedServer {
  readonly name: string;
  readonly joinedAt: number;
}

/** The servers that have joined: each is known by its own certificate and token, and no other machine is called by its name. */
export interface JoinedServers {
  /** The certificate that the bot presents to them; undefined until the first code was made. Throws the system's errors. */
  identity(): Identity | undefined;
  /** The result is on the disk when it returns. Called again by the same machine, it returns the same. Throws the system's errors. */
  join(attempt: JoinAttempt): JoinOutcome;
  /** In no order. */
  all(): readonly JoinedServer[];
  /** In any spelling of the name. */
  has(name: string): boolean;
  /** Whether an `authorization` header contains the token of the server of that name. */
  isShownBy(authorization: string | undefined, name: string): boolean;
  /** How the bot calls them. */
  readonly tlsOf: TlsOf;
  /** Forgets a server, and every code for its name; does nothing if there is none. Throws the system's errors. */
  remove(name: string): void;
}
