import { connect, isIP, type Socket } from "node:net";
import { canonicalIp, ipv4BehindNat64 } from "../../domain/network.ts";
import { lookUpAll } from "../../grpc/networks.ts";

/** Keeps downloads away from addresses that are not part of the public Internet. */
export interface Guard {
  /** All addresses of a host, if all of them may be called. Rejects with `ForbiddenAddress`, or as the lookup does. */
  addressesOf(host: string): Promise<readonly string[]>;
}

/** A host has an address that must not be called. */
export class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
  readonly host: string;

  constructor(host: string) {
    super(`${host} is a private address`);
    this.host = host;
  }
}

export interface GuardOptions {
  readonly isForbidden: (address: string) => boolean;
  /** All addresses of a name; rejects if there are none. */
  readonly lookup?: typeof lookUpAll;
}

export function createGuard({ isForbidden, lookup = lookUpAll }: GuardOptions): Guard {
  return {
    async addressesOf(host) {
      const bare = host.replace(/^\[(.*)\]$/, "$1");
      const addresses = isIP(bare) !== 0 ? [bare] : (await lookup(bare)).map(({ address }) => address);
      // With a zone, as names in the local network have it, an address is in no network that rules could name. Where there is no IPv4,
      // name servers answer with what their NAT64 makes of it (RFC 6147).
      const isNone = (address: string) =>
        canonicalIp(address) === undefined || isForbidden(ipv4BehindNat64(address) ?? address);
      if (addresses.length === 0 || addresses.some(isNone)) throw new ForbiddenAddress(bare);
      return addresses;
    },
  };
}

const CONNECT_MS = 20_000;

/** Connects to a host by exactly the addresses that were checked: a name server may return others a moment later. Rejects. */
export async function connectGuarded(guard: Guard, { host, port }: { host: string; port: number }): Promise<Socket> {
  let failure: unknown;
  for (const address of await guard.addressesOf(host)) {
    try {
      return await connectTo(address, port);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function connectTo(host: string, port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect(port, host);
  const timer = setTimeout(() => socket.destroy(new Error(`${host} did not answer`)), CONNECT_MS);
  socket.once("error", reject);
  socket.once("connect", () => {
    socket.off("error", reject);
    resolve(socket);
  });
  return promise.finally(() => clearTimeout(timer));
}
