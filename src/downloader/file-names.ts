import { extname } from "node:path";
import { percentDecoded } from "../domain/percent.ts";

/**
 * Characters that separate paths, that Windows and its network drives refuse, that are invisible, or that change the direction of the
 * text.
 */
const UNSAFE = /[/\\:*?"<>|\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
/** Device names on Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
/** File systems allow 255 bytes; " (2)" and the endings of unfinished files need some. */
const MOST_BYTES = 200;

/**
 * A text as the name of one file or folder on any file system, 200 bytes at most: no path escapes, Unicode stays. `fallback` replaces a
 * text of which nothing is left.
 */
export function safeName(text: string, fallback: string): string {
  const name = text
    .normalize("NFC")
    .toWellFormed()
    .replace(UNSAFE, "_")
    .replace(/^[\s.]+|[\s.]+$/g, "");
  if (name === "") return fallback;
  return shorten(name.replace(DEVICE, "_$&"));
}

/** Keeps the ending, because programs recognise by it what a file is. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name;
  const [ending = ""] = /^\.[\w-]{1,12}$/.exec(extname(name)) ?? [];
  const whole = name.slice(0, name.length - ending.length);
  const characters = Array.from(new Intl.Segmenter().segment(whole), ({ segment }) => segment);
  // One character may be any length: a letter under hundreds of marks.
  const stem =
    beginningOf(characters, MOST_BYTES - ending.length) || beginningOf([...whole], MOST_BYTES - ending.length);
  return stem.replace(/[\s.]+$/, "") + ending;
}

/** As many of the parts as fit into these bytes. */
function beginningOf(parts: readonly string[], most: number): string {
  let bytes = 0;
  const end = parts.findIndex((part) => {
    bytes += Buffer.byteLength(part);
    return bytes > most;
  });
  return parts.slice(0, end < 0 ? parts.length : end).join("");
}

/** The nth name for a file whose name is taken: `name (2).ext`. */
export function nextName(name: string, nth: number): string {
  if (nth === 1) return name;
  const ending = extname(name);
  return `${name.slice(0, name.length - ending.length)} (${nth})${ending}`;
}

/** The name that a server gives a file (RFC 6266); undefined if it gives none. */
export function nameInDisposition(header: string | null): string | undefined {
  const [, encoded] = /\bfilename\*\s*=\s*(?:utf-8)'[^']*'([^;\s]+)/i.exec(header ?? "") ?? [];
  const decoded = encoded === undefined ? undefined : percentDecoded(encoded);
  if (decoded !== undefined) return decoded;
  const [, quoted, bare] = /\bfilename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;"\s]+))/i.exec(header ?? "") ?? [];
  const given = quoted?.replace(/\\(.)/g, "$1") ?? bare;
  return given === undefined ? undefined : asUtf8(given);
}

/** The last part of an address's path, or its host if there is none. */
export function nameInUrl(url: URL): string {
  const last = url.pathname.split("/").findLast((part) => part !== "");
  return last === undefined ? url.hostname : (percentDecoded(last) ?? last);
}

/** A header's text as it is meant: headers carry bytes, and nearly all servers mean UTF-8. */
export function asUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  const read = Buffer.from(text, "latin1").toString("utf8");
  return read.includes("\ufffd") ? text : read;
}
