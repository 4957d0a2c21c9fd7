import { BlockList, isIP } from "node:net";
import { keepLatest } from "./keep-latest.ts";

/** Whether an IP address, in any spelling, is in one of some networks; false for anything that is not an address. */
export type Networks = (address: string) => boolean;

/** With all groups in full and the last two as IPv4. */
const LONGEST_IP = 45;
/** Answers that are remembered: the same few machines are asked about for years. */
const MOST_KNOWN = 1_000;

/** Networks as `address/prefix` (`10.0.0.0/8`, `fd00::/8`); an IPv4-mapped address is looked up as the IPv4 one. */
export function networks(cidrs: readonly string[]): Networks {
  // Separate, because one list would find IPv4 addresses in IPv6 networks that contain the mapped ones.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  const familyOf = (address: string) => (isIP(address) === 4 ? "ipv4" : "ipv6");
  for (const cidr of cidrs) {
    const [address = "", prefix] = cidr.split("/");
    const family = familyOf(address);
    lists[family].addSubnet(address, Number(prefix), family);
  }
  const isIn = (address: string) => {
    const ip = canonicalIp(address);
    return ip !== undefined && lists[familyOf(ip)].check(ip, familyOf(ip));
  };
  const known = new Map<string, boolean>();
  return (address) => {
    if (address.length > LONGEST_IP) return isIn(address);
    const before = known.get(address);
    if (before !== undefined) return before;
    const answer = isIn(address);
    keepLatest(known.set(address, answer), MOST_KNOWN);
    return answer;
  };
}

/** Whether these networks keep anybody out. */
export function isLimit(cidrs: readonly string[]): boolean {
  return cidrs.length > 0 && cidrs.every((cidr) => !cidr.endsWith("/0"));
}

/** Every network that is not part of the public Internet, by kind (IANA, "Special-Purpose Address Registry"). */
const SPECIAL = {
  loopback: ["127.0.0.0/8", "::1/128"],
  unspecified: ["0.0.0.0/8", "::/128"],
  /** RFC 1918 and 4193. */
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  /** RFC 6598: CGNAT, and with it Tailscale and others. */
  shared: ["100.64.0.0/10"],
  /** On cloud machines also the metadata service. */
  linkLocal: ["169.254.0.0/16", "fe80::/10"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
  /** Including the broadcast address. */
  reserved: ["240.0.0.0/4"],
  /** RFC 6890: for the protocols of an access network. */
  protocols: ["192.0.0.0/24"],
  /** RFC 2544. */
  benchmarks: ["198.18.0.0/15"],
  /** Given up by RFC 3879. */
  siteLocal: ["fec0::/10"],
  /** Compatible, translated (RFC 2765), NAT64, Teredo and 6to4; mapped ones are read as the address that they contain. */
  carriesIpv4: ["::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"],
  /** For documentation (RFC 5737, 3849, 9637). */
  documentation: ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"],
  /** For protocols (RFC 2928), and the 6to4 relays that RFC 7526 has given up. */
  assigned: ["2001::/23", "192.88.99.0/24"],
  /** Anything that is not global unicast (RFC 4291): discarding, segment routing, and what is not assigned yet. */
  notGlobal: ["::/3", "4000::/2", "8000::/1"],
} as const;

const special = (...kinds: readonly (keyof typeof SPECIAL)[]) => networks(kinds.flatMap((kind) => SPECIAL[kind]));

/** This very machine. */
export const isLoopback = special("loopback");

/**
 * Where machines are that the public Internet cannot reach: callers from there are trusted. Test networks and networks that were given up
 * are left out, because nobody needs to be trusted there.
 */
export const isPrivateAddress = special("loopback", "private", "shared", "linkLocal");

/**
 * Where no downloader can be. Link-local networks are both private and in this list: a machine there may call, but its address leads
 * elsewhere from each interface. Access networks, test networks and NAT64 may well lead to a downloader.
 */
export const isUnreachable = special("unspecified", "linkLocal", "multicast", "reserved");

const isMapped = (address: string) => isIP(address) === 6 && isIP(canonicalIp(address) ?? "") === 4;
const isSpecial = networks(Object.values(SPECIAL).flat());

/** Where no public site can be. An address that contains an IPv4 address is never one, whatever it contains: no site needs that. */
export const isNoSite: Networks = (address) => isSpecial(address) || isMapped(address);

/** RFC 6761, and what Linux distributions write into /etc/hosts. */
const LOOPBACK_NAME = /^((.+\.)?localhost|localhost[46]?(\.localdomain[46]?)?|ip6-(localhost|loopback))$/i;

/** Whether a host to call or to listen on is this very machine: a loopback address or a name of one. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAME.test(host) || isLoopback(host);
}

/** Whether a host to listen on stands for all addresses of the machine. */
export function isEveryAddress(host: string): boolean {
  return ["0.0.0.0", "::"].includes(canonicalIp(host) ?? "");
}

/** A host that leads to this very machine, as seen from the machine that names it: also its name for "all of mine". */
export function isThisMachine(host: string): boolean {
  return isLoopbackHost(host) || isEveryAddress(host);
}

/** Whether only this machine or its private networks can reach a host; false for a name other than localhost. */
export function isPrivateHost(host: string): boolean {
  return host === "localhost" || isPrivateAddress(host);
}

/** The shortest spelling of an address, IPv4 for an IPv4-mapped one; undefined for anything else, including one with a zone. */
export function canonicalIp(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  if (isIP(text) !== 6 || text.includes("%")) return undefined;
  const short = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1);
  if (short === undefined) return undefined;
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short);
  if (mapped === null) return short;
  return mapped
    .slice(1)
    .map((half) => Number.parseInt(half, 16))
    .flatMap((half) => [half >> 8, half & 255])
    .join(".");
}

const isNat64 = networks(["64:ff9b::/96"]);

/** The IPv4 address to which a NAT64 address leads, if its prefix is the well-known one (RFC 6052); undefined for any other. */
export function ipv4BehindNat64(address: string): string | undefined {
  if (!isNat64(address)) return undefined;
  const groups = canonicalIp(address)?.split(":") ?? [];
  return groups
    .slice(-2)
    .map((half) => Number.parseInt(half || "0", 16))
    .flatMap((half) => [half >> 8, half & 255])
    .join(".");
}
