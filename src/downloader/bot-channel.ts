import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import type { Address } from "../domain/downloader.ts";
import type { Identity } from "../domain/tls.ts";
import { channelTarget } from "../grpc/connections.ts";
import { inOneLine } from "../grpc/outcome.ts";
import { loadServices } from "../grpc/proto.ts";
import { type Secured, securely } from "../grpc/tls.ts";
import { type KnownBot, notTheBot } from "./bot-identity.ts";

/** How the bot is reached. */
export interface BotPlace extends KnownBot {
  readonly bot: Address;
  /** For a bot that requires a certificate. */
  readonly tls?: Identity | undefined;
}

const DEADLINE_MS = 10_000;

/** What a channel to the bot is made with. */
export function channelToBot({ bot, botCa, isBotPinned, tls: identity }: BotPlace): Secured {
  if (botCa === undefined) return { credentials: credentials.createInsecure(), options: {} };
  return securely(bot.host, { ca: botCa, identity }, (shown) => notTheBot({ bot, botCa, isBotPinned }, shown));
}

/** Checks the bot's health; resolves with why it does not answer, or with undefined if it does. */
export async function askBot(place: BotPlace): Promise<string | undefined> {
  const channel = channelToBot(place);
  const client = new Client(channelTarget(place.bot), channel.credentials, {
    "grpc.enable_http_proxy": 0,
    ...channel.options,
  });
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
