import { connect } from "node:tls";
import type { Address } from "../domain/downloader.ts";
import type { JoinAttempt, JoinRefusal } from "../domain/joining.ts";
import { fromJoinReply, toJoinRequest } from "../grpc/join-wire.ts";
import { inOneLine } from "../grpc/outcome.ts";
import { loadServices } from "../grpc/proto.ts";
import { pemOf } from "../grpc/self-signed.ts";
import { createBotClients } from "./bot-channel.ts";

/** Long enough for a slow line, and short if a firewall swallows everything. */
const CONNECT_MS = 5_000;
const DEADLINE_MS = 10_000;

/** What is at an address: something with a certificate (PEM), or nothing that speaks TLS. */
export type Found = { readonly certificate: string } | { readonly silent: string };

/** Gets the certificate of whatever is there, and sends nothing. Never rejects. */
export function certificateAt({ host, port }: Address): Promise<Found> {
  return new Promise((resolve) => {
    // The certificate itself will show who it is.
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
    const end = (found: Found) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    const timer = setTimeout(() => end({ silent: `no answer after ${CONNECT_MS} ms` }), CONNECT_MS);
    socket.once("secureConnect", () => {
      const { raw } = socket.getPeerCertificate();
      end(raw === undefined ? { silent: "it shows no certificate" } : { certificate: pemOf(raw) });
    });
    socket.on("error", ({ message }) => end({ silent: message }));
    socket.once("close", () => end({ silent: "it hung up" }));
  });
}

/** The bot's answer; `silent`: it is not known whether the bot has received the request. */
export type JoinAnswer =
  | { readonly joined: true }
  | { readonly refusal: JoinRefusal }
  /** The error of the call. */
  | { readonly silent: string };

/** Asks the bot with this certificate, and no other, to let this machine join. Never rejects. */
export function askToJoin(bot: Address, botCertificate: string, attempt: JoinAttempt): Promise<JoinAnswer> {
  const botCa = Buffer.from(botCertificate);
  const client = createBotClients({ bot, botCa, isBotPinned: true, tls: undefined, token: undefined })();
  const { path, requestSerialize, responseDeserialize } = loadServices().join.Join;
  const request = toJoinRequest(attempt);
  const deadline = Date.now() + DEADLINE_MS;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, (error, reply) => {
      client.close();
      if (error !== null) return resolve({ silent: inOneLine(error.details) });
      const refusal = fromJoinReply(reply);
      resolve(refusal === undefined ? { joined: true } : { refusal });
    });
  });
}
