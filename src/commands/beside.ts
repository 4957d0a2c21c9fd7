import type { Config } from "../config/config.ts";
import type { Address } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { isThisMachine } from "../domain/network.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import { wait } from "../domain/wait.ts";
import { wordsFor } from "../words/words.ts";
import { EXIT, ExitWith } from "./exit.ts";

/** What a downloader is told by whoever runs it beside the bot: the token, and to end when its input does. */
export const TOLD_BY_PARENT = { token: "DWLD_BOT_TOKEN", endsWithInput: "DWLD_BOT_BESIDE" } as const;

const FIRST_MS = 1_000;
const CAP_MS = 60_000;
/** One that ran so long is started again at once. */
const LASTING_MS = 60_000;
const KILL_AFTER_MS = 10_000;

/** Throws `ExitWith` where none can run beside the bot. */
export function refuseBeside(config: Config, env: Readonly<Record<string, string | undefined>>): void {
  const { language } = config.telegram;
  const { beside } = wordsFor(env, language);
  // The limits of the bot's unit and its read-only file system are not for downloads.
  if (env.NOTIFY_SOCKET) throw new ExitWith(EXIT.config, beside.systemd);
  if (config.grpc.tls.cert !== "" && config.grpc.tls.listen === "") throw new ExitWith(EXIT.config, beside.tls);
}

/**
 * Runs the built-in downloader as a child process, and starts it again when it has ended. Disposing it stops it. It ends by itself
 * when the bot was killed, since its input ends then.
 */
export function startBeside(
  of: {
    readonly dir: string;
    readonly config: Config;
    readonly bot: Address;
    /** Of the files, which may be for others too; the bot's own are not. */
    readonly umask: number;
  },
  log: Log,
): AsyncDisposable {
  const stop = new AbortController();
  const command = besideCommand(of);
  // The token of Telegram is nobody else's.
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("DWLD_BOT_"));
  const told = { [TOLD_BY_PARENT.endsWithInput]: "1", [TOLD_BY_PARENT.token]: of.config.grpc.token };
  const env = { ...Object.fromEntries(others), ...told };

  async function life(): Promise<number> {
    const ofBot = process.umask(of.umask);
    const child = Bun.spawn(command, {
      env,
      stdin: "pipe",
      stdout: "inherit",
      stderr: "inherit",
      // A terminal interrupts the bot alone, which stops this one in its turn.
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
      log.error("The downloader beside the bot has ended, and is started again", { code, inMs: at - Date.now() });
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

/** The command line of the downloader that runs beside the bot. */
export function besideCommand({ dir, config, bot }: { dir: string; config: Config; bot: Address }): string[] {
  const { language } = config.telegram;
  const { concurrency, rate, min_free: minFree, cookies, yt_dlp: ytDlp, yt_dlp_arguments: more } = config.downloader;
  const spelt = ({ host, port }: Address) => `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const botHost = isThisMachine(bot.host) ? (bot.host.includes(":") ? "::1" : "127.0.0.1") : bot.host;
  return [
    process.execPath,
    // Compiled, the program is the executable itself.
    ...(Bun.main.startsWith("/$bunfs/") ? [] : [Bun.main]),
    "downloader",
    ...["--dir", dir, "--bot", spelt({ host: botHost, port: bot.port }), "--listen", spelt(config.downloader.listen)],
    ...["--concurrency", String(concurrency), "--min-free", String(minFree)],
    ...(rate === 0 ? [] : ["--rate", String(rate)]),
    ...(cookies === "" ? [] : ["--cookies", cookies]),
    ...(ytDlp === "" ? [] : ["--yt-dlp", ytDlp]),
    ...more.map((argument) => `--yt-dlp-arg=${argument}`),
    ...(config.links.allow_private ? ["--allow-private"] : []),
    ...(language === "auto" ? [] : ["--language", language]),
  ];
}
