import { type ChannelOptions, Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { channelTarget } from "../grpc/connections.ts";
import { inOneLine } from "../grpc/outcome.ts";
import { loadServices } from "../grpc/proto.ts";
import { securely } from "../grpc/tls.ts";
import { type KnownBot, notTheBot } from "./bot-identity.ts";

const DEADLINE_MS = 10_000;

const CHANNEL: ChannelOptions = {
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.service_config_disable_resolution": 1,
};

/**
 * Returns a function that opens a client for calls to the bot, each on a connection of its own; it connects at the first call. `more` are
 * options of its channel. Throws if TLS cannot use a certificate.
 */
export function createBotClients(known: KnownBot, more: ChannelOptions = {}): () => Client {
  const { bot, botCa, tls: identity } = known;
  const { credentials: own, options } =
    botCa === undefined
      ? { credentials: credentials.createInsecure(), options: {} }
      : securely(bot.host, { ca: botCa, identity }, (shown) => notTheBot(known, shown));
  return () => new Client(channelTarget(bot), own, { ...CHANNEL, ...more, ...options });
}

/** Checks the bot's health; resolves with why it does not answer, or with undefined if it does. */
export async function askBot(known: KnownBot): Promise<string | undefined> {
  const client = createBotClients(known)();
  const { promise, resolve } = Promise.withResolvers<ServiceError | undefined>();
  const { path, requestSerialize, responseDeserialize } = loadServices().health.Check;
  const deadline = Date.now() + DEADLINE_MS;
  client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, { deadline }, (error) =>
    resolve(error ?? undefined),
  );
  const error = await promise.finally(() => client.close());
  // A bot without the health service is a bot all the same.
  return error === undefined || error.code === status.UNIMPLEMENTED ? undefined : inOneLine(error.details);
}
