import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { fingerprintOf } from "../grpc/self-signed.ts";

/** By what this downloader knows the bot over TLS. */
export interface KnownBot {
  /** At which it is reached. */
  readonly bot: { readonly host: string };
  /** The authority of its certificate, which is made out to the host then; undefined: it has none. */
  readonly botCa: Buffer | undefined;
  /** `botCa` is the bot's very certificate, at whatever host it is reached: this downloader has joined. */
  readonly isBotPinned: boolean;
}

/** Says why a certificate that `botCa` has vouched for is another's; undefined when it is the bot's. */
export function notTheBot({ bot, botCa, isBotPinned }: KnownBot, shown: PeerCertificate): Error | undefined {
  if (!isBotPinned) return checkServerIdentity(bot.host, shown);
  const isIt = botCa !== undefined && fingerprintOf(shown.raw).equals(fingerprintOf(botCa));
  return isIt ? undefined : new Error("its certificate is not the one that this downloader has joined by");
}
