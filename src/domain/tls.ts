import { foldedName } from "./downloader-name.ts";

/** PEM texts: what a side of a connection shows of itself. */
export interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** With `clientCa` every caller needs a certificate of that authority. */
export interface ServerTls extends Identity {
  readonly clientCa?: Buffer | undefined;
}

/** How a server is called over TLS. */
export interface ClientTls {
  /** The authority, or the very certificate where nobody else has signed it. */
  readonly ca: Buffer;
  /** For a server that asks for it. */
  readonly identity?: Identity | undefined;
  /** Sent as `authorization: Bearer …` once the certificate was checked; undefined or "" for none. */
  readonly token?: string | undefined;
}

/** How the downloader of a name is called; undefined: plainly. */
export type TlsOf = (name: string) => ClientTls | undefined;

/** However a name is spelt, it is called over TLS: nobody gets around it by registering as `ABROAD`. */
export function createTlsOf(entries: readonly (ClientTls & { readonly name: string })[]): TlsOf {
  const byName = new Map(entries.map((entry) => [foldedName(entry.name), entry]));
  return (name) => byName.get(foldedName(name));
}

/** What the `first` says of a name, else what the `second` does. */
export function eitherTlsOf(first: TlsOf, second: TlsOf): TlsOf {
  return (name) => first(name) ?? second(name);
}
