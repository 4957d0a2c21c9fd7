import { createServer } from "node:net";
import { type Address, spellAddress } from "../../domain/downloader.ts";
import { errorCode } from "../../domain/error-code.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import { holderOfPort } from "../port-holder.ts";
import type { BotFinding } from "./finding.ts";

const { ok, fail } = findingsOf("ports");

/**
 * Whether the bot, or the downloader beside it, can listen there. `isRunning`: a bot is running on the database, so it is the one that has
 * a taken port.
 */
export async function checkPort(
  key: "grpc.listen" | "grpc.tls.listen" | "grpc.join.listen" | "http.listen" | "downloader.listen",
  address: Address,
  { isRunning, words: { ports } }: { readonly isRunning: boolean; readonly words: CommandWords["check"] },
): Promise<BotFinding> {
  const { host, port } = address;
  const where = `${spellAddress(address)} (${key})`;
  if (port === 0) return ok(ports.any(host, key));
  const trouble = await listenTrouble(address);
  if (trouble === undefined) return ok((isRunning ? ports.freeAlthough : ports.free)(where));
  if (trouble === "EADDRINUSE") {
    return isRunning
      ? ok(ports.own(where))
      : fail(ports.taken(where, holderOfPort(port)), ports.takenAdvice(port, key));
  }
  const advice: Readonly<Record<string, string>> = {
    EADDRNOTAVAIL: ports.noAddress(host, key),
    ENOTFOUND: ports.noName(key),
    EACCES: ports.forbidden,
  };
  return fail(ports.failed(where, trouble), advice[trouble] ?? ports.change(key));
}

function listenTrouble({ host, port }: Address): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once("error", (error) => resolve(errorCode(error) ?? error.message));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}
