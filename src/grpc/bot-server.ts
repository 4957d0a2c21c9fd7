import { isIP } from "node:net";
import { Server } from "@grpc/grpc-js";
import type { Address } from "../domain/downloader.ts";
import { errorCode } from "../domain/error-code.ts";
import type { JoinedServers } from "../domain/joining.ts";
import { codeIn, ListenError } from "../domain/listening.ts";
import type { Log } from "../domain/log.ts";
import { isLimit, isPrivateHost, isThisMachine } from "../domain/network.ts";
import type { ServerTls } from "../domain/tls.ts";
import { type ConnectionLimit, limitConnections } from "./connection-limit.ts";
import { connectionPlaces, descriptorLimit } from "./connection-places.ts";
import { forgetFarDeadlines } from "./far-deadlines.ts";
import { createHealthService } from "./health-service.ts";
import { createJoinService } from "./join-service.ts";
import { listen, shutDown } from "./listen.ts";
import { createNetworkRules, lookUpAll } from "./networks.ts";
import { describeServices, loadServices } from "./proto.ts";
import { createReflection } from "./reflection.ts";
import { tellRefusedConnections } from "./refused-connections.ts";
import { createRegistrationService, type RegistrationServiceOptions, withClaims } from "./registration-service.ts";
import { KEEPALIVE, type Keepalive, serverOptions } from "./server-options.ts";
import { serverCredentials } from "./tls.ts";

export interface BotServerOptions extends Pick<RegistrationServiceOptions, "register" | "token" | "joined"> {
  /** Port 0 takes any free one. */
  readonly listen: Address;
  /** With `clientCa`, the common name of a downloader's certificate must be its server name. */
  readonly tls?: ServerTls | undefined;
  /** For callers and for the addresses that they register, as `address/prefix`; none: all. */
  readonly allowedNetworks?: readonly string[];
  /** All addresses of a name to listen on; rejects if there are none. */
  readonly lookup?: typeof lookUpAll;
  /** Machines join here, and only those that have joined may register. */
  readonly join?: JoinedServers["join"] | undefined;
  readonly log: Log;
  readonly keepalive?: Keepalive;
  /** By default, as many as the process has descriptors for. */
  readonly connections?: Pick<ConnectionLimit, "inAll" | "fromOneAddress">;
  /** A caller's connection was closed because there were too many. */
  readonly onCrowded?: () => void;
}

export interface BotServer extends AsyncDisposable {
  readonly address: Address;
  /** What the health service says; until this is called, it says no. */
  setServing(serving: boolean): void;
  /** Says "not serving", gives calls this long to end, then cuts them off. Never rejects; further calls wait for the first. */
  stop(graceMs?: number): Promise<void>;
}

const GRACE_MS = 5_000;

/**
 * Serves `grpc.v1.Bot` and the health service, and on a private address reflection too. Throws `ListenError`, also for a name with a
 * public address if nothing else keeps strangers out. Without a token or client certificates, only private addresses may register.
 */
export async function createBotServer(options: BotServerOptions): Promise<BotServer> {
  const { listen: at, register, token, tls, allowedNetworks = [], joined, join, lookup = lookUpAll, log } = options;
  const services = loadServices();
  const keepalive = options.keepalive ?? KEEPALIVE;
  const server = new Server({ ...serverOptions(keepalive), "grpc.max_concurrent_streams": 32 });
  const health = createHealthService({ services: ["grpc.v1.Bot"], log });
  const addresses = await addressesOf(at, lookup);
  const isPrivate = addresses.every(isPrivateHost);
  const bindsNames = tls?.clientCa !== undefined;
  if (isIP(at.host) === 0 && !isPrivate && !token && tls === undefined && !isLimit(allowedNetworks)) {
    const why = `${addresses.join(", ")} is open to all: set grpc.token or grpc.allowed_networks`;
    throw new ListenError("downloaders", at, { code: "open_to_all", why });
  }
  const reflection = isPrivate
    ? createReflection(describeServices, ["grpc.v1.Bot", "grpc.health.v1.Health"])
    : undefined;
  let { port } = at;
  const isOnLoopback = addresses.some(isThisMachine);

  server.addService(services.health, health.handlers);
  for (const { definition, handlers } of reflection?.services ?? []) server.addService(definition, handlers);
  const isOpen = !token && !bindsNames && join === undefined;
  const networks = createNetworkRules({ allowed: allowedNetworks, isOpen });
  server.addService(
    withClaims(services.bot),
    createRegistrationService({
      register,
      token,
      networks,
      bindsNames,
      joined,
      onlyJoined: join !== undefined,
      ownPort: () => (isOnLoopback ? port : undefined),
      log,
    }),
  );
  if (join !== undefined) server.addService(services.join, createJoinService({ join, networks, log }));
  port = await listen(server, { listener: "downloaders", address: at, credentials: serverCredentials(tls) });
  forgetFarDeadlines(server);
  // Where machines join, nobody has a reason to call without TLS, and anybody may try.
  if (tls !== undefined && join === undefined) tellRefusedConnections(server, log);
  const { connections: limit = connectionPlaces(descriptorLimit()), onCrowded } = options;
  const connections = limitConnections(
    server,
    { ...limit, patienceMs: keepalive.patienceMs, onRefused: onCrowded },
    log,
  );

  let stopped: Promise<void> | undefined;
  const stop = (graceMs = GRACE_MS) => {
    health.setServing(false);
    health.endWatches();
    reflection?.end();
    stopped ??= shutDown(server, graceMs);
    // Only calls are worth waiting for.
    connections.endIdle();
    return stopped;
  };
  return {
    address: { host: at.host, port },
    setServing: health.setServing,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

/** The addresses that a host to listen on stands for. */
async function addressesOf(listen: Address, lookup: typeof lookUpAll): Promise<readonly string[]> {
  if (isIP(listen.host) !== 0) return [listen.host];
  const found = await lookup(listen.host).catch((error) => {
    const code = codeIn(errorCode(error) ?? "ENOTFOUND");
    throw new ListenError("downloaders", listen, { code, why: "there is no such name now", cause: error });
  });
  return found.map(({ address }) => address);
}
