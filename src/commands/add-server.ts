import { networkInterfaces } from "node:os";
import { parseListen } from "../config/addresses.ts";
import { type Address, spellAddress } from "../domain/downloader.ts";
import { foldedName, parseDownloaderName } from "../domain/downloader-name.ts";
import { errorCode } from "../domain/error-code.ts";
import { fitsInCode, spellJoinCode } from "../domain/join-code.ts";
import { isEveryAddress, isLoopbackHost, isUnreachable } from "../domain/network.ts";
import { createIdentity, fingerprintOf } from "../grpc/self-signed.ts";
import { isRunningOn } from "../store/inspect.ts";
import { JoinedUnreadable, joinedBeside, openJoinedServers } from "../store/joined-servers.ts";
import type { CommandWords } from "../words/words.ts";
import { type CommandContext, loadOwnConfig, ownWords } from "./command-context.ts";
import { EXIT, type Exit, ExitWith } from "./exit.ts";

/** An address of one of this machine's interfaces. */
export interface OwnAddress {
  readonly address: string;
  readonly family: "IPv4" | "IPv6";
  readonly internal: boolean;
}

/**
 * Makes a code with which another machine becomes a server of that name, and prints the line to be run there. The bot may be running, and
 * notices. Throws `ConfigError` and `ExitWith`.
 */
export async function addServer(
  of: { config?: string | undefined; name: string; address?: string | undefined },
  context: CommandContext,
): Promise<Exit> {
  const { addServer: words, files, start } = ownWords(of.config, context);
  const config = loadOwnConfig(of.config, context);
  const name = parseDownloaderName(of.name);
  if (name === undefined || !fitsInCode(name)) throw new ExitWith(EXIT.usage, words.badName(of.name));
  if (config.grpc.downloaders.some((one) => foldedName(one.name) === foldedName(name))) {
    throw new ExitWith(EXIT.config, words.inConfig(name));
  }
  const { listen } = config.grpc.join;
  const addresses = of.address === undefined ? ownAddresses(listen) : [parseOwn(of.address, listen.port, words)];
  if (addresses.length === 0) throw new ExitWith(EXIT.config, words.onlyHere(spellAddress(listen)));
  if (addresses.some(({ port }) => port === 0)) throw new ExitWith(EXIT.config, words.anyPort(spellAddress(listen)));

  const folder = joinedBeside(config.store.path);
  try {
    const joined = openJoinedServers(folder, Date.now);
    const { cert } = await joined.ownIdentity(() => createIdentity("dwld-bot"));
    const code = spellJoinCode({ ...joined.codes.issue(name), fingerprint: fingerprintOf(cert), name, addresses });
    const isRunning = isRunningOn(config.store.path);
    context.write(
      words.done({ name, code, addresses: addresses.map(spellAddress), listen: spellAddress(listen), isRunning }),
    );
  } catch (error) {
    if (error instanceof JoinedUnreadable) throw new ExitWith(EXIT.config, start.joined(error.path, error.code));
    const code = errorCode(error);
    throw code === undefined ? error : new ExitWith(EXIT.config, files.unwritten(folder, code));
  }
  return EXIT.stopped;
}

/** The addresses at which others may reach this listener; none if nobody can. */
export function ownAddresses(
  { host, port }: Address,
  all: readonly OwnAddress[] = Object.values(networkInterfaces()).flatMap((some) => some ?? []),
): readonly Address[] {
  if (!isEveryAddress(host)) return isLoopbackHost(host) ? [] : [{ host, port }];
  return all
    .filter(({ internal, family }) => !internal && (family === "IPv4" || host !== "0.0.0.0"))
    .filter(({ address }) => !isUnreachable(address))
    .map(({ address }) => ({ host: address, port }));
}

/** `HOST:PORT`, or just a host. */
function parseOwn(text: string, port: number, words: CommandWords["addServer"]): Address {
  const parsed = parseListen(text) ?? parseListen(`${text}:${port}`) ?? parseListen(`[${text}]:${port}`);
  if (parsed === undefined || isUnreachable(parsed.host)) throw new ExitWith(EXIT.usage, words.badAddress(text));
  return parsed;
}
