import { BlockList, isIP } from "node:net";

/** Whether an IP address, however it is spelt, is in one of some networks; false for anything that is no address. */
export type Networks = (address: string) => boolean;

/** Networks as `address/prefix` (`10.0.0.0/8`, `fd00::/8`); an IPv4-mapped address is looked for as the IPv4 one. */
export function networks(cidrs: readonly string[]): Networks {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = "", prefix] = cidr.split("/");
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return (address) => {
    const ip = canonicalIp(address);
    return ip !== undefined && list.check(ip, isIP(ip) === 4 ? "ipv4" : "ipv6");
  };
}

/** This very machine. */
export const isLoopback = networks(["127.0.0.0/8", "::1/128"]);

/** Loopback, RFC 1918, CGNAT (Tailscale and its like), link-local, ULA: what the public Internet cannot reach. */
export const isPrivateAddress = networks([
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
]);

/** Unspecified, link-local, multicast, broadcast and what is reserved with them: nowhere that a downloader could be. */
export const isUnreachable = networks([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  "::/128",
  "fe80::/10",
  "ff00::/8",
]);

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
