import { isIP } from "node:net";
import { join, parse } from "node:path";
import type { Config } from "../config/config.ts";
import { type Address, spellAddress } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { isThisMachine, networks } from "../domain/network.ts";
import { NO_PROGRAM, programKind } from "../domain/program-kind.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import { wait } from "../domain/wait.ts";
import type { WrittenOptions } from "../downloader/options.ts";
import { type CommandWords, wordsFor } from "../words/words.ts";
import { EXIT, ExitWith } from "./exit.ts";

/** What the bot passes to the downloader beside it: the token, its program's secret, and that it must end when its input does. */
export const TOLD_BY_PARENT = {
  token: "DWLD_BOT_TOKEN",
  backEndSecret: "DWLD_BOT_BACKEND_SECRET",
  endsWithInput: "DWLD_BOT_BESIDE",
} as const;

const FIRST_MS = 1_000;
const CAP_MS = 60_000;
/** A downloader that ran this long is restarted at once. */
const LASTING_MS = 60_000;
const KILL_AFTER_MS = 10_000;

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
  // The limits of the bot's unit and its read-only file system are not meant for downloads.
  if (env.NOTIFY_SOCKET) throw new ExitWith(EXIT.config, beside.systemd);
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

/**
 * Runs the built-in downloader as a child process, and restarts it when it has ended. Disposing it stops it. If the bot is killed, it ends
 * by itself, because its input ends.
 */
export function startBeside(
  of: {
    readonly dir: string;
    readonly config: Config;
    readonly bot: Address;
    /** For the files, which may be for others too; the bot's own are not. */
    readonly umask: number;
  },
  log: Log,
): AsyncDisposable {
  const stop = new AbortController();
  const command = besideCommand(of);
  // Telegram's token is for the bot alone.
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("DWLD_BOT_"));
  const told = {
    [TOLD_BY_PARENT.endsWithInput]: "1",
    [TOLD_BY_PARENT.token]: of.config.grpc.token,
    [TOLD_BY_PARENT.backEndSecret]: of.config.downloader.backend.secret,
  };
  const env = { ...Object.fromEntries(others), ...told };

  async function life(): Promise<number> {
    const ofBot = process.umask(of.umask);
    const child = Bun.spawn(command, {
      env,
      stdin: "pipe",
      stdout: "inherit",
      stderr: "inherit",
      // A terminal interrupts only the bot, which then stops this one.
      detached: true,
    });
    process.umask(ofBot);
    let killing: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      child.kill("SIGTERM");
      killing = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    };
    stop.signal.addEventListener("abort", end);
    const code = await child.exited;
    clearTimeout(killing);
    stop.signal.removeEventListener("abort", end);
    return code;
  }

  async function run(): Promise<void> {
    let attempts = 0;
    while (!stop.signal.aborted) {
      const startedAt = Date.now();
      const code = await life().catch(String);
      if (stop.signal.aborted) return;
      attempts = Date.now() - startedAt > LASTING_MS ? 1 : attempts + 1;
      const at = nextAttemptAt({ attempts, now: Date.now(), first: FIRST_MS, cap: CAP_MS, random: Math.random });
      log.error("The downloader beside the bot has ended; starting it again", { code, inMs: at - Date.now() });
      await wait(at - Date.now(), stop.signal);
    }
  }

  const ended = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
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
