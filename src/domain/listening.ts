import { type Address, spellAddress } from "./downloader.ts";

/** For whom a server of ours listens: the bot's for downloaders and for HTTP, the built-in downloader's for the bot. */
export type Listener = "downloaders" | "HTTP" | "the bot";

/** Why a server cannot listen: it would be open to all, or the system's error code. */
export type ListenTrouble = "open_to_all" | (string & {});

/**
 * A server of ours cannot listen: the address is taken, or not this machine's. The message says whose server, where and
 * why.
 */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly listener: Listener;
  /** See `spellAddress`. */
  readonly where: string;
  readonly address: Address;
  /** The system's error code where there is one. */
  readonly code: ListenTrouble;

  constructor(listener: Listener, address: Address, of: { code: ListenTrouble; why?: string; cause?: unknown }) {
    const where = spellAddress(address);
    super(`Cannot listen for ${listener} on ${where}: ${of.why ?? of.code}`, { cause: of.cause });
    this.listener = listener;
    this.where = where;
    this.address = address;
    this.code = of.code;
  }
}

/** The system's error code in a library's message, such as grpc-js's about a port; the message itself if there is none. */
export function codeIn(text: string): string {
  return /\bE[A-Z_]{3,}\b/.exec(text)?.[0] ?? text;
}
