import { isIP } from "node:net";
import type { PeerCertificate } from "node:tls";
import { type ChannelOptions, Client, credentials } from "@grpc/grpc-js";
import type { Address, Target } from "../domain/downloader.ts";
import { foldedName } from "../domain/downloader-name.ts";
import { plain } from "../domain/text.ts";
import type { TlsOf } from "../domain/tls.ts";
import { type Secured, securely } from "./tls.ts";
import { droppingReplies } from "./unread-replies.ts";

/** One channel per downloader's name. */
export interface Connections {
  /** The channel to the downloader; one to another address is closed first (rule 12). It connects at the first call. */
  to(target: Target): Client;
  /** Where the downloader is now; undefined if it is no longer registered. */
  present(target: Target): Target | undefined;
  /** Whether that name is still registered and called at that address. */
  leadsTo(target: Target): boolean;
  /** Replaces a channel whose call was not answered with a fresh one; does nothing if that has already happened. */
  renew(target: Target, client: Client): void;
  /** Closes the channel, if there is one; calls already made on it still end. */
  forget(name: string): void;
  /** Closes every channel. */
  close(): void;
}

/** See reliability.md §2.5. No keepalive pings: grpc-go servers answer them with GOAWAY; deadlines find dead peers. */
const OPTIONS: ChannelOptions = {
  "grpc.enable_http_proxy": 0,
  // Subchannels shared by the process keep their back-off, even for the fresh channel to a downloader that is back.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": 1_000,
  "grpc.max_reconnect_backoff_ms": 10_000,
  "grpc.max_receive_message_length": 16 * 1024 * 1024,
  // Makes again, once, what HTTP/2 says was not looked at, and nothing else, because there is no service config: the dispatcher decides
  // what else is tried again, and when. HAProxy also says it of other calls, but a server that already has the link says so.
  "grpc.enable_retries": 1,
  // Otherwise a TXT record for the downloader's host could bring its own settings.
  "grpc.service_config_disable_resolution": 1,
  // A container that restarts comes back with another address; by default a name is looked up again only after 30 s.
  "grpc.dns_min_time_between_resolutions_ms": 1_000,
  // Its counters are for a service of grpc-js that is not served.
  "grpc.enable_channelz": 0,
};

const LONGEST_NAME = 64;
const PLAINLY: Secured = { credentials: credentials.createInsecure(), options: {} };

/**
 * Keeps channels, and makes each one on demand. A name that `tlsOf` knows never gets a plain one. `registered` returns where a name is
 * now; without it, calls go where the caller says. `unread`: the path of the method whose replies are dropped as they arrive.
 */
export function createConnections(
  of: {
    tlsOf?: TlsOf | undefined;
    registered?: ((name: string) => Target | undefined) | undefined;
    unread?: string;
  } = {},
): Connections {
  const { tlsOf = () => undefined, registered, unread } = of;
  const common = { ...OPTIONS, ...(unread !== undefined && droppingReplies(unread)) };
  const channels = new Map<string, { readonly target: string; readonly client: Client }>();

  const forget = (name: string) => {
    channels.get(name)?.client.close();
    channels.delete(name);
  };

  const to = (downloader: Target): Client => {
    const target = channelTarget(downloader);
    const known = channels.get(downloader.name);
    if (known?.target === target) return known.client;
    forget(downloader.name);
    const tls = tlsOf(downloader.name);
    const { credentials, options } =
      tls === undefined ? PLAINLY : securely(downloader.host, tls, (shown) => otherThan(downloader.name, shown));
    const client = new Client(target, credentials, { ...common, ...options });
    channels.set(downloader.name, { target, client });
    return client;
  };

  const present = (target: Target) => (registered === undefined ? target : registered(target.name));

  return {
    to,
    present,
    leadsTo(downloader) {
      const target = channelTarget(downloader);
      const there = present(downloader);
      return there !== undefined && channelTarget(there) === target && channels.get(downloader.name)?.target === target;
    },
    renew(downloader, client) {
      if (channels.get(downloader.name)?.client !== client) return;
      forget(downloader.name);
      to(downloader);
    },
    forget,
    close: () => [...channels.keys()].forEach(forget),
  };
}

/** Compares the certificate with the name, which people chose; the address is what somebody registered, and may change. */
function otherThan(name: string, { subject }: PeerCertificate): Error | undefined {
  const [commonName = ""] = [subject.CN].flat();
  if (foldedName(commonName) === foldedName(name)) return undefined;
  return new Error(`its certificate is issued to "${plain(commonName, LONGEST_NAME)}"`);
}

/**
 * A gRPC target with our own scheme, so that a host can name neither a local socket nor a resolver (reliability.md §2.5). The host is one
 * that `parseRegistration` has accepted.
 */
export function channelTarget({ host, port }: Address): string {
  switch (isIP(host)) {
    case 4:
      return `ipv4:${host}:${port}`;
    case 6:
      return `ipv6:[${host}]:${port}`;
    default:
      return `dns:///${host}:${port}`;
  }
}
