import { lookup as lookUp } from "node:dns/promises";
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isPrivateAddress, isThisMachine, isUnreachable, networks } from "../domain/network.ts";

/** The addresses from which downloaders may register, and at which they may be. Both functions return a sentence that says why not. */
export interface NetworkRules {
  /** `host` is undefined if the caller's address is not known. */
  refuseCaller(host: string | undefined): string | undefined;
  /**
   * A name is looked up as it is now; one that cannot be looked up is accepted, because it may be right tomorrow. `isOwnPort`: the port is
   * that of the bot's own server on this machine.
   */
  refuseTarget(host: string, isOwnPort?: boolean): Promise<string | undefined>;
}

export interface NetworkRulesOptions {
  /** `grpc.allowed_networks`, as `address/prefix`; if empty, all. */
  readonly allowed?: readonly string[];
  /** Neither a token nor a certificate identifies callers: then only private networks may register. */
  readonly isOpen: boolean;
  /** All addresses of a name; rejects if there are none. */
  readonly lookup?: typeof lookUpAll;
  readonly lookupMs?: number;
}

/** A downloader waits for the answer to its registration, so name servers do not get long. */
const LOOKUP_MS = 2_000;

/** See reliability.md §2.6. */
export function createNetworkRules(options: NetworkRulesOptions): NetworkRules {
  const { allowed = [], isOpen, lookup = lookUpAll, lookupMs = LOOKUP_MS } = options;
  const isAllowed = allowed.length === 0 ? () => true : networks(allowed);

  async function addressesOf(host: string): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host];
    const found = lookup(host).then(
      (addresses) => addresses.map(({ address }) => address),
      () => [],
    );
    return Promise.race([found, sleep(lookupMs, [], { ref: false })]);
  }

  return {
    refuseCaller(host) {
      if (isOpen && (host === undefined || !isPrivateAddress(host))) {
        return `Without grpc.token or grpc.tls.client_ca the bot takes registrations from private addresses only, not from ${host}`;
      }
      if (host === undefined ? allowed.length > 0 : !isAllowed(host)) {
        return `The caller's address ${host} is not in the bot's grpc.allowed_networks`;
      }
      return undefined;
    },

    async refuseTarget(host, isOwnPort = false) {
      for (const address of await addressesOf(host)) {
        const named = address === host ? host : `${host} (${address})`;
        if (isOwnPort && isThisMachine(address)) return `server_host ${named} is the bot itself`;
        if (isUnreachable(address)) return `server_host ${named} is link-local, multicast or reserved`;
        if (!isAllowed(address)) return `server_host ${named} is not in the bot's grpc.allowed_networks`;
      }
      return undefined;
    },
  };
}

/** All addresses of a name according to the system. Rejects if there are none. */
export async function lookUpAll(name: string): Promise<readonly { readonly address: string }[]> {
  return lookUp(name, { all: true });
}
