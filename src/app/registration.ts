import type { Address } from "../domain/downloader.ts";
import { type BotServerOptions, createBotServer } from "../grpc/bot-server.ts";
import { connectionPlaces, descriptorLimit } from "../grpc/connection-places.ts";
import type { Registry } from "../service/fleet/registry.ts";
import type { Foundation } from "./foundation.ts";

/** Where downloaders register. */
export interface RegistrationServers extends AsyncDisposable {
  /** Of `grpc.listen`. */
  readonly address: Address;
}

/**
 * Serves gRPC, where downloaders register (rule 10): with `grpc.tls.listen` over TLS there and plainly at `grpc.listen`, for
 * those that can do no more. Rejects with `ListenError`.
 */
export async function startRegistration(foundation: Foundation, registry: Registry): Promise<RegistrationServers> {
  const { events, tls, log, stopping } = foundation;
  const { grpc } = foundation.config;
  const isApart = grpc.tls.listen !== "";
  await using servers = new AsyncDisposableStack();

  async function start(at: Pick<BotServerOptions, "listen" | "tls">): Promise<Address> {
    const server = await createBotServer({
      ...at,
      token: grpc.token,
      allowedNetworks: grpc.allowed_networks,
      register: registry.register,
      connections: connectionPlaces(descriptorLimit(), isApart ? 2 : 1),
      onCrowded: () => void events.emit("alert", { kind: "crowded" }),
      log: log.withTag("grpc"),
    });
    servers.defer(() => server.stop(stopping.allow("registrations")));
    server.setServing(true);
    log.info("Downloaders can register", { ...server.address, tls: at.tls !== undefined });
    return server.address;
  }

  const address = await start({ listen: grpc.listen, tls: isApart ? undefined : tls });
  if (grpc.tls.listen !== "") await start({ listen: grpc.tls.listen, tls });
  const started = servers.move();
  return { address, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
