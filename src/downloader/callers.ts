import { type ServerUnaryCall, status } from "@grpc/grpc-js";
import { isPrivateAddress } from "../domain/network.ts";
import { createBearerCheck } from "../domain/token.ts";
import type { RefusedCall } from "../grpc/answer.ts";
import { authorizationOf, parsePeer } from "../grpc/caller.ts";
import { type KnownBot, notTheBot } from "./bot-identity.ts";

type Call = Pick<ServerUnaryCall<unknown, object>, "getPeer" | "getAuthContext" | "metadata">;

/**
 * Why a caller is refused; undefined if it is the bot. Over TLS, the bot presents its certificate and the token, if it has them. A caller
 * with nothing to present, as always without TLS, must call from a private address.
 */
export function createCallerCheck(known: KnownBot): (call: Call) => RefusedCall | undefined {
  const { tls, botCa, bot } = known;
  const token = known.isBotPinned ? undefined : known.token;
  if (tls === undefined || (botCa === undefined && token === undefined)) return refuseFromOutside;
  const hasToken = token === undefined ? () => true : createBearerCheck(token);
  const hasCertificate = (call: Call) => {
    const shown = call.getAuthContext()?.sslPeerCertificate;
    return shown !== undefined && notTheBot(known, shown) === undefined;
  };
  return (call) => {
    // Others with the same authority are downloaders.
    if (botCa !== undefined && !hasCertificate(call))
      return refused(status.PERMISSION_DENIED, `The certificate is not that of ${bot.host}`);
    return hasToken(authorizationOf(call))
      ? undefined
      : refused(status.UNAUTHENTICATED, "The token is missing or wrong");
  };
}

function refuseFromOutside(call: Call): RefusedCall | undefined {
  const caller = parsePeer(call.getPeer());
  if (caller !== undefined && isPrivateAddress(caller)) return undefined;
  return refused(status.PERMISSION_DENIED, "Only private addresses may call");
}

const refused = (code: number, details: string): RefusedCall => ({ ok: false, code, details });
