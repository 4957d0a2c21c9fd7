import { foldedName } from "./downloader-name.ts";

/** PEM texts: what one side of a connection presents of itself. */
export interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** With `clientCa`, every caller needs a certificate from that authority. */
export interface ServerTls extends Identity {
  readonly clientCa?: Buffer | undefined;
}

/** How a server is called over TLS. */
export interface ClientTls {
  /** The authority, or the certificate itself if it is self-signed. */
  readonly ca: Buffer;
  /** For a server that asks for it. */
  readonly identity?: Identity | undefined;
  /** Sent as `authorization: Bearer …` once the certificate has been verified; undefined or "" for none. */
  readonly token?: string | undefined;
}

/** How the downloader with a name is called over TLS; undefined: it is called without. */
export type TlsOf = (name: string) => ClientTls | undefined;

/** In any spelling of its name it is called over TLS: nobody evades that by registering as `ABROAD`. */
export function createTlsOf(entries: readonly (ClientTls & { readonly name: string })[]): TlsOf {
  const byName = new Map(entries.map((entry) => [foldedName(entry.name), entry]));
  return (name) => byName.get(foldedName(name));
}

/** What `first` says about a name, or else what `second` does. */
export function eitherTlsOf(first: TlsOf, second: TlsOf): TlsOf {
  return (name) => first(name) ?? second(name);
}
