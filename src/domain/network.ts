import { BlockList, isIP } from "node:net";

/** Whether an IP address, however it is spelt, is in one of some networks; false for anything that is no address. */
export type Networks = (address: string) => boolean;

/** Networks as `address/prefix` (`10.0.0.0/8`, `fd00::/8`); an IPv4-mapped address is looked for as the IPv4 one. */
export function networks(cidrs: readonly string[]): Networks {
  // Apart, since the list would find IPv4 addresses in networks of IPv6 that hold the mapped ones.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  const familyOf = (address: string) => (isIP(address) === 4 ? "ipv4" : "ipv6");
  for (const cidr of cidrs) {
    const [address = "", prefix] = cidr.split("/");
    const family = familyOf(address);
    lists[family].addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const ip = canonicalIp(address);
    return ip !== undefined && lists[familyOf(ip)].check(ip, familyOf(ip));
  };
}

/** Whether networks keep anybody out. */
export function isLimit(cidrs: readonly string[]): boolean {
  return cidrs.length > 0 && cidrs.every((cidr) => !cidr.endsWith("/0"));
}

/** Every network that is no part of the public Internet, by what it is (IANA, "Special-Purpose Address Registry"). */
const SPECIAL = {
  loopback: ["127.0.0.0/8", "::1/128"],
  unspecified: ["0.0.0.0/8", "::/128"],
  /** RFC 1918 and 4193. */
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  /** RFC 6598: CGNAT, and with it Tailscale and its like. */
  shared: ["100.64.0.0/10"],
  /** On a cloud's machines also the metadata service. */
  linkLocal: ["169.254.0.0/16", "fe80::/10"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
  /** With the broadcast address. */
  reserved: ["240.0.0.0/4"],
  /** RFC 6890: for the protocols of an access network. */
  protocols: ["192.0.0.0/24"],
  /** RFC 2544. */
  benchmarks: ["198.18.0.0/15"],
  /** Given up by RFC 3879. */
  siteLocal: ["fec0::/10"],
  /** Compatible, translated (RFC 2765), NAT64, Teredo and 6to4; the mapped ones are read as what they carry. */
  carriesIpv4: ["::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"],
  /** For documents (RFC 5737, 3849, 9637). */
  documentation: ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"],
  /** For protocols (RFC 2928), and the relays of 6to4 that RFC 7526 has given up. */
  assigned: ["2001::/23", "192.88.99.0/24"],
  /** Whatever is no global unicast (RFC 4291): discarding, segment routing, and what nobody has got yet. */
  notGlobal: ["::/3", "4000::/2", "8000::/1"],
} as const;

const special = (...kinds: readonly (keyof typeof SPECIAL)[]) => networks(kinds.flatMap((kind) => SPECIAL[kind]));

/** This very machine. */
export const isLoopback = special("loopback");

/**
 * Where machines live that the public Internet cannot reach: whoever calls from there is trusted. Test beds and networks
 * that were given up are left out, since nobody needs to be trusted there.
 */
export const isPrivateAddress = special("loopback", "private", "shared", "linkLocal");

/**
 * Nowhere that a downloader could be. Link-local networks are both private and this: a machine there may call, but its
 * address leads elsewhere from each interface. Access networks, test beds and NAT64 may well lead to a downloader.
 */
export const isUnreachable = special("unspecified", "linkLocal", "multicast", "reserved");

const isMapped = (address: string) => isIP(address) === 6 && isIP(canonicalIp(address) ?? "") === 4;
const isSpecial = networks(Object.values(SPECIAL).flat());

/** Nowhere that a public site could be. What carries an IPv4 address is none whatever it carries: no site needs it. */
export const isNoSite: Networks = (address) => isSpecial(address) || isMapped(address);

/** RFC 6761, and what Linux distributions write into /etc/hosts. */
const LOOPBACK_NAME = /^((.+\.)?localhost|localhost[46]?(\.localdomain[46]?)?|ip6-(localhost|loopback))$/i;

/** Whether a host to call or to listen on is this very machine: a loopback address or a name of one. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAME.test(host) || isLoopback(host);
}

/** A host that leads to this very machine, seen from the machine that says it: also what it says for "all of mine". */
export function isThisMachine(host: string): boolean {
  return isLoopbackHost(host) || ["0.0.0.0", "::"].includes(canonicalIp(host) ?? "");
}

/** Whether only this machine or its private networks can reach a host; false for a name other than localhost. */
export function isPrivateHost(host: string): boolean {
  return host === "localhost" || isPrivateAddress(host);
}

/** The shortest spelling of an address, IPv4 for an IPv4-mapped one; undefined for anything else, a zone included. */
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

/** The IPv4 address that one of NAT64 leads to, where its prefix is the well-known one (RFC 6052); undefined of any other. */
export function ipv4BehindNat64(address: string): string | undefined {
  if (!isNat64(address)) return undefined;
  const groups = canonicalIp(address)?.split(":") ?? [];
  return groups
    .slice(-2)
    .map((half) => Number.parseInt(half || "0", 16))
    .flatMap((half) => [half >> 8, half & 255])
    .join(".");
}
