import { isIP } from "node:net";
import { join, parse } from "node:path";
import type { Config } from "../config/config.ts";
import { type Address, spellAddress } from "../domain/downloader.ts";
import { isThisMachine, networks } from "../domain/network.ts";
import { NO_PROGRAM, programKind } from "../domain/program-kind.ts";
import type { WrittenOptions } from "../downloader/options.ts";
import { type CommandWords, wordsFor } from "../words/words.ts";
import { EXIT, ExitWith } from "./exit.ts";

/**
 * The folder of the downloader that is to run beside the bot; "" for none. In front of a program it needs only a list, which is beside the
 * database unless another place is named.
 */
export function besideDir({ downloader, store }: Pick<Config, "downloader" | "store">): string {
  if (downloader.dir !== "" || downloader.backend.kind === NO_PROGRAM) return downloader.dir;
  const { dir, name } = parse(store.path);
  return join(dir, `${name}.downloader`);
}

/** Throws `ExitWith` if none can run beside the bot. */
export function refuseBeside(config: Config, env: Readonly<Record<string, string | undefined>>): void {
  const { language } = config.telegram;
  const { beside } = wordsFor(env, language);
  // The limits of the bot's unit and its read-only file system are not meant for downloads. A container has its own, but Podman passes it
  // the socket of the unit that starts it (systemd.io/CONTAINER_INTERFACE: `container`).
  if (env.NOTIFY_SOCKET && !env.container) throw new ExitWith(EXIT.config, beside.systemd);
  const why = whyNotBeside(config, beside);
  if (why !== undefined) throw new ExitWith(EXIT.config, why);
}

/** Why none could register with a bot that has this config; undefined if one can. */
export function whyNotBeside(config: Config, beside: CommandWords["beside"]): string | undefined {
  const { listen, tls, allowed_networks: allowed } = config.grpc;
  if (tls.cert !== "" && tls.listen === "") return beside.tls;
  // It calls the bot from the same address that it calls.
  const { host } = reached(listen);
  const isKeptOut = allowed.length > 0 && isIP(host) !== 0 && !networks(allowed)(host);
  return isKeptOut ? beside.notAllowed(host) : undefined;
}

/** The address at which this machine itself reaches this listener. */
function reached({ host, port }: Address): Address {
  if (!isThisMachine(host)) return { host, port };
  return { host: host.includes(":") ? "::1" : "127.0.0.1", port };
}

/** The command line of the downloader that runs beside the bot. Every user of the machine can read it, so it contains no secret. */
export function besideCommand(of: { dir: string; config: Config; bot: Address }): string[] {
  const written = Object.entries(besideOptions(of)).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [value ?? []].flat().map((one) => `--${name}=${one}`),
  );
  // In the compiled program, this is the executable itself.
  return [process.execPath, ...(Bun.main.startsWith("/$bunfs/") ? [] : [Bun.main]), "downloader", ...written];
}

/** What the config says about the downloader that runs beside the bot, as options of its command line. */
export function besideOptions({ dir, config, bot }: { dir: string; config: Config; bot: Address }): WrittenOptions {
  const { language } = config.telegram;
  const { downloader } = config;

  const unless = (empty: string, text: string) => (text === empty ? undefined : text);
  const { kind, url, user, dir: place, options } = downloader.backend;
  // They have no effect with a program, and whoever reads the config has already been told so.
  const ofItself = {
    concurrency: String(downloader.concurrency),
    "min-free": String(downloader.min_free),
    rate: unless("0", String(downloader.rate)),
    cookies: unless("", downloader.cookies),
    "yt-dlp": unless("", downloader.yt_dlp),
    "yt-dlp-arg": downloader.yt_dlp_arguments,
  };
  return {
    dir,
    bot: spellAddress(reached(bot)),
    listen: spellAddress(downloader.listen),
    name: unless("", downloader.name),
    roots: unless("", downloader.roots.join(",")),
    ...(kind === NO_PROGRAM && ofItself),
    "allow-private": config.links.allow_private ? true : undefined,
    backend: unless(NO_PROGRAM, kind),
    "backend-url": unless("", url),
    "backend-user": programKind(kind)?.asksFor === "user" ? unless("", user) : undefined,
    "backend-dir": unless("", place),
    "backend-option": options.length === 0 ? undefined : options,
    language: unless("auto", language),
  };
}
