import { type BotServer, createBotServer } from "../grpc/bot-server.ts";
import type { Registry } from "../service/fleet/registry.ts";
import type { Foundation } from "./foundation.ts";

/** Serves gRPC, where downloaders register (rule 10). Rejects with `ListenError`. */
export async function startRegistration(foundation: Foundation, registry: Registry): Promise<BotServer> {
  const { config, events, tls, log, stopping } = foundation;
  const server = await createBotServer({
    listen: config.grpc.listen,
    token: config.grpc.token,
    tls,
    allowedNetworks: config.grpc.allowed_networks,
    register: registry.register,
    onCrowded: () => void events.emit("alert", { kind: "crowded" }),
    log: log.withTag("grpc"),
  });
  server.setServing(true);
  log.info("Downloaders can register", { ...server.address });
  return { ...server, [Symbol.asyncDispose]: () => server.stop(stopping.allow("registrations")) };
}
