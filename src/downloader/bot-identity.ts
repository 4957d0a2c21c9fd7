import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { Address } from "../domain/downloader.ts";
import type { Identity } from "../domain/tls.ts";
import { fingerprintOf } from "../grpc/self-signed.ts";

/** The bot, and how it and this downloader recognise each other. */
export interface KnownBot {
  /** Where it listens for downloaders. */
  readonly bot: Address;
  /** The authority of its certificate, which is issued to the host; undefined: it has none, and is called without TLS. */
  readonly botCa: Buffer | undefined;
  /** This downloader has joined: `botCa` is the bot's own certificate, at whatever host it is reached. */
  readonly isBotPinned: boolean;
  /** This downloader's certificate, for calls in both directions; undefined: it has none, and is called without TLS. */
  readonly tls: Identity | undefined;
  /** The bot's `grpc.token`; if this downloader has joined, its own, which the bot does not store. Undefined if neither exists. */
  readonly token: string | undefined;
}

/** Why a certificate that `botCa` has signed is not the bot's; undefined if it is. */
export function notTheBot(
  { bot, botCa, isBotPinned }: Pick<KnownBot, "bot" | "botCa" | "isBotPinned">,
  shown: PeerCertificate,
): Error | undefined {
  if (!isBotPinned) return checkServerIdentity(bot.host, shown);
  const isIt = botCa !== undefined && fingerprintOf(shown.raw).equals(fingerprintOf(botCa));
  return isIt ? undefined : new Error("its certificate is not the one with which this downloader joined");
}
