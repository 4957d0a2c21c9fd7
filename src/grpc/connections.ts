import { isIP } from "node:net";
import { type ChannelOptions, Client, credentials } from "@grpc/grpc-js";
import type { Address, Target } from "../domain/downloader.ts";

/** One channel per downloader's name. */
export interface Connections {
  /** The channel to the downloader; one to another address is closed first (rule 12). Connects at the first call. */
  to(target: Target): Client;
  /** Whether that name is still called at that address. */
  leadsTo(target: Target): boolean;
  /** Replaces a channel whose call was not answered by a fresh one; does nothing when that has happened already. */
  renew(target: Target, client: Client): void;
  /** Closes the channel, if there is one; calls that were sent through it still end. */
  forget(name: string): void;
  /** Closes every channel. */
  close(): void;
}

/** reliability.md §2.5. No keepalive pings: grpc-go servers answer them with GOAWAY; deadlines find dead peers. */
const OPTIONS: ChannelOptions = {
  "grpc.enable_http_proxy": 0,
  // Subchannels shared by the process keep their back-off, also for the fresh channel to a downloader that is back.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": 1_000,
  "grpc.max_reconnect_backoff_ms": 10_000,
  "grpc.max_receive_message_length": 16 * 1024 * 1024,
  // Who tries again, and when, is the dispatcher's business.
  "grpc.enable_retries": 0,
  // Otherwise a TXT record of the downloader's name could bring its own settings.
  "grpc.service_config_disable_resolution": 1,
  // A container that restarts comes back with another address; the default looks again after 30 s.
  "grpc.dns_min_time_between_resolutions_ms": 1_000,
};

/** Keeps channels; makes none until it is asked for one. */
export function createConnections(): Connections {
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
    const client = new Client(target, credentials.createInsecure(), OPTIONS);
    channels.set(downloader.name, { target, client });
    return client;
  };

  return {
    to,
    leadsTo: (downloader) => channels.get(downloader.name)?.target === channelTarget(downloader),
    renew(downloader, client) {
      if (channels.get(downloader.name)?.client !== client) return;
      forget(downloader.name);
      to(downloader);
    },
    forget,
    close: () => [...channels.keys()].forEach(forget),
  };
}

/**
 * A gRPC target with our own scheme, so that a host can name neither a local socket nor a resolver
 * (reliability.md §2.5). The host is one that `parseRegistration` let in.
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
