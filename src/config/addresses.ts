import { isIP, isIPv4, isIPv6 } from "node:net";
import type { Address } from "../domain/downloader.ts";
import { canonicalIp } from "../domain/network.ts";
import { percentDecoded } from "../domain/percent.ts";
import type { Mistakes } from "../words/words.ts";
import { asText, field } from "./field.ts";

/** Container names may contain underscores. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** `host:port`, with brackets around IPv6; undefined if it is not that. Port 0 is any free one. */
export function parseListen(input: unknown): Address | undefined {
  const match = typeof input === "string" ? /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(input.trim()) : null;
  const port = Number(match?.[3]);
  const [, inBrackets, plain] = match ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || port > 65_535) return undefined;
  const isHost =
    inBrackets === undefined ? isIPv4(host) || (hostName.test(host) && !/^[\d.]+$/.test(host)) : isIPv6(host);
  return isHost ? { host, port } : undefined;
}

/** The address on which a server listens. */
export function listen() {
  return field({
    expected: ({ expected }) => expected.listen,
    parse: parseListen,
    hint: everyAddress,
  });
}

/** An optional address; "" for none. */
export function listenOrNothing() {
  return field<Address | "">({
    expected: ({ expected }) => expected.listenOrNothing,
    parse: (input) => (input === "" ? "" : parseListen(input)),
    hint: everyAddress,
  });
}

/** A hint for a port alone, which in other programs means all addresses. */
function everyAddress(input: unknown, hints: Mistakes["hint"]): string | undefined {
  const text = asText(input);
  return /^\*?:\d+$/.test(text) ? hints.everyAddress(`0.0.0.0${text.replace("*", "")}`) : undefined;
}

/** Length of the prefix of IPv4-mapped addresses, `::ffff:0:0/96`. */
const MAPPED_BITS = 96;

/** A network as `address/prefix`; a single address is a network of one, and an IPv4-mapped network becomes an IPv4 one. */
export function network() {
  return field({
    expected: ({ expected }) => expected.network,
    parse: (input) => {
      const [address = "", prefix, ...more] = asText(input).trim().split("/");
      const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
      if (bits < 0 || more.length > 0) return undefined;
      if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)) return undefined;
      const length = Number(prefix ?? bits);
      // The address of a caller is converted to IPv4 in the same way.
      const mapped = bits === 128 && length >= MAPPED_BITS ? canonicalIp(address) : undefined;
      return isIPv4(mapped ?? "") ? `${mapped}/${length - MAPPED_BITS}` : `${address}/${length}`;
    },
  });
}

function parseUrl(input: unknown, schemes: readonly string[]): URL | undefined {
  const url = typeof input === "string" ? URL.parse(input.trim()) : null;
  return url && schemes.includes(url.protocol) && url.hostname !== "" ? url : undefined;
}

/** A root of the Bot API, without a trailing slash. */
export function apiRoot() {
  return field({
    expected: ({ expected }) => expected.apiRoot,
    secret: true,
    parse: (input) => {
      const url = parseUrl(input, ["http:", "https:"]);
      if (!url || url.username || url.password || url.search || url.hash) return undefined;
      return url.href.replace(/\/+$/, "");
    },
  });
}

/** The URL of a proxy, which may contain a user name and a password. */
export function proxy() {
  return field({
    expected: ({ expected }) => expected.proxy,
    secret: true,
    parse: (input) => {
      const url = parseUrl(input, ["http:", "https:", "socks5:", "socks5h:"]);
      // If there is a path, a query or a fragment, a character of the password was not encoded.
      if (!url || url.pathname.length > 1 || url.search || url.hash || !isEncoded(url)) return undefined;
      return url.href.replace(/\/$/, "");
    },
    hint: (input, hints) =>
      /[#/?%,\s\\].*@|%/.test(asText(input).replace(/^\s*\w+:\/\//, "")) ? hints.encode : hints.proxyName,
  });
}

function isEncoded({ username, password }: URL): boolean {
  return [username, password].every((part) => percentDecoded(part) !== undefined);
}
