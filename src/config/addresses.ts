import { isIP, isIPv4, isIPv6 } from "node:net";
import type { Address } from "../domain/downloader.ts";
import { canonicalIp } from "../domain/network.ts";
import type { Mistakes } from "../words/words.ts";
import { asText, field } from "./field.ts";

/** Names of containers may have underscores. */
const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** `host:port`, with brackets around IPv6; undefined when it is none. Port 0 is any free one. */
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

/** Where a server listens. */
export function listen() {
  return field({
    expected: ({ expected }) => expected.listen,
    parse: parseListen,
    hint: everyAddress,
  });
}

/** The same where there need not be one: "" for none. */
export function listenOrNothing() {
  return field<Address | "">({
    expected: ({ expected }) => expected.listenOrNothing,
    parse: (input) => (input === "" ? "" : parseListen(input)),
    hint: everyAddress,
  });
}

/** For a port alone, which other programs take for all addresses. */
function everyAddress(input: unknown, hints: Mistakes["hint"]): string | undefined {
  const text = asText(input);
  return /^\*?:\d+$/.test(text) ? hints.everyAddress(`0.0.0.0${text.replace("*", "")}`) : undefined;
}

/** What IPv4-mapped addresses begin with: `::ffff:0:0/96`. */
const MAPPED_BITS = 96;

/** A network as `address/prefix`; a lone address is a network of one, and an IPv4-mapped one is that of IPv4. */
export function network() {
  return field({
    expected: ({ expected }) => expected.network,
    parse: (input) => {
      const [address = "", prefix, ...more] = asText(input).trim().split("/");
      const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
      if (bits < 0 || more.length > 0) return undefined;
      if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)) return undefined;
      const length = Number(prefix ?? bits);
      // Callers are known by the IPv4 address that is in theirs.
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

/** A proxy's URL; a name and a password may be in it. */
export function proxy() {
  return field({
    expected: ({ expected }) => expected.proxy,
    secret: true,
    parse: (input) => {
      const url = parseUrl(input, ["http:", "https:", "socks5:", "socks5h:"]);
      // What begins a path, a query or a fragment here was meant for the password.
      if (!url || url.pathname.length > 1 || url.search || url.hash || !isEncoded(url)) return undefined;
      return url.href.replace(/\/$/, "");
    },
    hint: (input, hints) =>
      /[#/?%,\s\\].*@|%/.test(asText(input).replace(/^\s*\w+:\/\//, "")) ? hints.encode : hints.proxyName,
  });
}

function isEncoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
