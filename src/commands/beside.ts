import type { Config } from "../config/config.ts";
import type { Address } from "../domain/downloader.ts";
import type { Log } from "../domain/log.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import { wait } from "../domain/wait.ts";
import { besideCommand } from "./beside-options.ts";

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

  async function run(): Promise<void> {
    let attempts = 0;
    while (!stop.signal.aborted) {
      const startedAt = Date.now();
      const code = await runOnce(of, stop.signal).catch(String);
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

/** Resolves with its exit code. After an abort of `stop` it is asked to end, and killed a little later. Rejects if it cannot be started. */
async function runOnce(of: Parameters<typeof startBeside>[0], stop: AbortSignal): Promise<number> {
  const child = spawn(of);
  let killing: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    child.kill("SIGTERM");
    killing = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  stop.addEventListener("abort", end);
  const code = await child.exited;
  clearTimeout(killing);
  stop.removeEventListener("abort", end);
  return code;
}

/** Starts it with its own umask; the bot's is the same again afterwards. */
function spawn(of: Parameters<typeof startBeside>[0]) {
  const ofBot = process.umask(of.umask);
  try {
    return Bun.spawn(besideCommand(of), {
      env: environmentOf(of.config),
      stdin: "pipe",
      stdout: "inherit",
      stderr: "inherit",
      // A terminal interrupts only the bot, which then stops this one.
      detached: true,
    });
  } finally {
    process.umask(ofBot);
  }
}

function environmentOf({ grpc, downloader }: Config): Record<string, string | undefined> {
  // Telegram's token is for the bot alone, and so is the service manager: it would take the other one's words for the bot's.
  const others = Object.entries(process.env).filter(([name]) => !/^DWLD_BOT_|^NOTIFY_SOCKET$|^WATCHDOG_/.test(name));
  return {
    ...Object.fromEntries(others),
    [TOLD_BY_PARENT.endsWithInput]: "1",
    [TOLD_BY_PARENT.token]: grpc.token,
    [TOLD_BY_PARENT.backEndSecret]: downloader.backend.secret,
  };
}
