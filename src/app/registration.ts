import type { Address, DownloaderClient } from "../domain/downloader.ts";
import { ListenError } from "../domain/listening.ts";
import { type BotServer, type BotServerOptions, createBotServer } from "../grpc/bot-server.ts";
import { connectionPlaces, descriptorLimit } from "../grpc/connection-places.ts";
import type { Registry } from "../service/fleet/registry.ts";
import { startInterval } from "../service/interval.ts";
import type { Foundation } from "./foundation.ts";

/** Where downloaders register. */
export interface RegistrationServers extends AsyncDisposable {
  /** The address of `grpc.listen`. */
  readonly address: Address;
}

/**
 * Serves gRPC, where downloaders register (rule 10): at `grpc.listen`, over TLS if there is any and it has no address of its own; over
 * TLS at `grpc.tls.listen`; and at `grpc.join.listen`, from the first code on, for those that have joined. Rejects with `ListenError`.
 */
export async function startRegistration(
  foundation: Foundation,
  { registry, client }: { registry: Registry; client: Pick<DownloaderClient, "forget"> },
): Promise<RegistrationServers> {
  const { events, tls, joined, stopping } = foundation;
  const { grpc, dispatch } = foundation.config;
  const log = foundation.log.withTag("grpc");
  const isApart = grpc.tls.listen !== "";
  await using servers = new AsyncDisposableStack();
  const stop = (server: BotServer) => server.stop(stopping.allow("registrations"));

  async function start(at: Pick<BotServerOptions, "listen" | "tls" | "token" | "join">): Promise<BotServer> {
    const server = await createBotServer({
      ...at,
      allowedNetworks: grpc.allowed_networks,
      register: registry.register,
      joined,
      connections: connectionPlaces(descriptorLimit(), isApart ? 3 : 2),
      onCrowded: () => void events.emit("alert", { kind: "crowded" }),
      log,
    });
    server.setServing(true);
    return server;
  }

  async function serve(at: Pick<BotServerOptions, "listen" | "tls">): Promise<Address> {
    const server = await start({ ...at, token: grpc.token });
    servers.defer(() => stop(server));
    log.info("Downloaders can register", { ...server.address, tls: at.tls !== undefined });
    return server.address;
  }

  const join: typeof joined.join = (attempt) => {
    const outcome = joined.join(attempt);
    // Connections to whoever had the name before are not for the new one.
    if (outcome.ok) client.forget(outcome.name);
    return outcome;
  };

  let joining: BotServer | undefined;
  let trouble = "";
  /** The command that makes the first code is another process; what prevents listening may go away by itself. */
  async function serveJoining(): Promise<void> {
    const identity = joining === undefined ? joined.identity() : undefined;
    if (identity === undefined) return;
    try {
      joining = await start({ listen: grpc.join.listen, tls: identity, join });
      log.info("Servers can join", { ...joining.address });
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      if (trouble !== error.message) log.error("No server can join", { problem: error.message });
      trouble = error.message;
    }
  }
  const address = await serve({ listen: grpc.listen, tls: isApart ? undefined : tls });
  if (grpc.tls.listen !== "") await serve({ listen: grpc.tls.listen, tls });
  const looking = startInterval({ everyMs: dispatch.interval, work: serveJoining, name: "Looking for codes", log });
  servers.defer(async () => {
    await looking.stop();
    if (joining !== undefined) await stop(joining);
  });
  looking.trigger();
  const started = servers.move();
  return { address, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
