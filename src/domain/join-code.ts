import { createHash } from "node:crypto";
import type { Address } from "./downloader.ts";

/** Everything another machine needs to become a server of this bot, in one word that is copied by hand. */
export interface JoinCode {
  /** SHA-256 of the bot's certificate. */
  readonly fingerprint: Buffer;
  /** The bot finds what it keeps about the code by this. */
  readonly id: Buffer;
  /** Valid for one server, and known to whoever has the code. */
  readonly secret: Buffer;
  /** The server's name. */
  readonly name: string;
  /** Addresses at which the bot may be reached, to be tried in this order. */
  readonly addresses: readonly Address[];
}

/** `mistyped`: a part is missing or wrong; `newer`: a later version of the program made it. */
export type ReadCode =
  | { readonly ok: true; readonly code: JoinCode }
  | { readonly ok: false; readonly why: "mistyped" | "newer" };

export const CODE_BYTES = { id: 8, secret: 16 } as const;

/** Every version has its number as the first byte and the checksum as the last ones, so that an older program recognises a newer code. */
const VERSION = 1;
const CHECKSUM_BYTES = 4;
const FINGERPRINT_BYTES = 32;
const MOST_ADDRESSES = 8;
/** The length of each is written before it in one byte. */
const LONGEST_WORD_BYTES = 0xff;

/** Letters, digits, `-` and `_`, starting with a letter. Of more than eight addresses the rest is left out; see `fitsInCode`. */
export function spellJoinCode({ fingerprint, id, secret, name, addresses }: JoinCode): string {
  const some = addresses.slice(0, MOST_ADDRESSES);
  const content = Buffer.concat([
    Buffer.of(VERSION),
    ...[fingerprint, id, secret],
    text(name),
    Buffer.of(some.length),
    ...some.flatMap(({ host, port }) => [text(host), Buffer.of(port >> 8, port & 0xff)]),
  ]);
  return Buffer.concat([content, checksum(content)]).toString("base64url");
}

/** Reads a code as it was copied: blanks and line breaks are ignored. */
export function parseJoinCode(copied: string): ReadCode {
  const word = copied.replace(/\s/g, "");
  const bytes = Buffer.from(word, "base64url");
  const content = bytes.subarray(0, -CHECKSUM_BYTES);
  const isWhole = bytes.toString("base64url") === word && content.length > 0;
  if (!isWhole || !checksum(content).equals(bytes.subarray(-CHECKSUM_BYTES))) return { ok: false, why: "mistyped" };
  if (content[0] !== VERSION) return { ok: false, why: "newer" };
  const code = read(content.subarray(1));
  return code === undefined ? { ok: false, why: "mistyped" } : { ok: true, code };
}

/** Undefined when something is missing or left over. */
function read(content: Buffer): JoinCode | undefined {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return content.subarray(at - length, at);
  };
  const byte = () => take(1)[0] ?? 0;
  const word = () => take(byte()).toString("utf8");
  const fingerprint = take(FINGERPRINT_BYTES);
  const id = take(CODE_BYTES.id);
  const secret = take(CODE_BYTES.secret);
  const name = word();
  const addresses = Array.from({ length: byte() }, () => ({ host: word(), port: (byte() << 8) | byte() }));
  return at === content.length ? { fingerprint, id, secret, name, addresses } : undefined;
}

/** Whether a name fits into a code: 64 characters may be a byte too many. */
export function fitsInCode(name: string): boolean {
  return Buffer.byteLength(name, "utf8") <= LONGEST_WORD_BYTES;
}

function text(word: string): Buffer {
  if (!fitsInCode(word)) throw new RangeError(`"${word}" is too long for a code`);
  const bytes = Buffer.from(word, "utf8");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

const checksum = (content: Buffer) => createHash("sha256").update(content).digest().subarray(0, CHECKSUM_BYTES);
