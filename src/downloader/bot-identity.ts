import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { fingerprintOf } from "../grpc/self-signed.ts";

/** How this downloader recognises the bot over TLS. */
export interface KnownBot {
  /** Where it is reached. */
  readonly bot: { readonly host: string };
  /** The authority of its certificate, which is then issued to the host; undefined: it has none. */
  readonly botCa: Buffer | undefined;
  /** `botCa` is the bot's own certificate, at whatever host it is reached: this downloader has joined. */
  readonly isBotPinned: boolean;
}

/** Why a certificate that `botCa` has signed is not the bot's; undefined if it is. */
export function notTheBot({ bot, botCa, isBotPinned }: KnownBot, shown: PeerCertificate): Error | undefined {
  if (!isBotPinned) return checkServerIdentity(bot.host, shown);
  const isIt = botCa !== undefined && fingerprintOf(shown.raw).equals(fingerprintOf(botCa));
  return isIt ? undefined : new Error("its certificate is not the one with which this downloader joined");
}
