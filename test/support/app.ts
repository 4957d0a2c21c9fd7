import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "../../src/app/app.ts";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { secretsOf } from "../../src/config/secrets.ts";
import type { Wait } from "../../src/domain/wait.ts";
import { createLog } from "../../src/log/log.ts";
import type { WatchdogReport } from "../../src/systemd/service-manager.ts";
import type { Call } from "./bot-api/journal.ts";
import { isRecord } from "./bot-api/parameters.ts";
import { type BotApi, startBotApi } from "./bot-api.ts";
import { type DownloaderOptions, type FakeDownloader, startDownloader } from "./downloader.ts";
import { WAIT_LIMIT_MS } from "./patience.ts";
import { createWatch } from "./watch.ts";

export const TOKEN = "123456789:TEST-token-that-must-never-be-printed-anywhere";
export const ADMIN = 1;
export const USER = 1001;
export const OTHER = 1002;

/** A whole bot in this process, with Telegram and downloaders around it. */
export interface TestApp extends AsyncDisposable {
  readonly api: BotApi;
  readonly config: Config;
  /** Where downloaders register: `127.0.0.1:port`. Changes with a restart. */
  readonly address: string;
  /** `http://127.0.0.1:port` of the bot's own HTTP side. Changes with a restart. */
  readonly http: string;
  /** Everything that was logged so far. */
  readonly logged: () => string;
  /** Resolves once the text was logged. */
  logs(text: string): Promise<true>;
  /** A registered downloader. */
  downloader(options: Partial<DownloaderOptions> & { name: string }): Promise<FakeDownloader>;
  /** What systemd is told. Changes with a restart. */
  readonly watchdogReport: WatchdogReport;
  /** Stops the bot in order and starts it again on the same database. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export interface TestAppOptions {
  readonly now?: () => number;
  readonly random?: () => number;
  readonly healthEveryMs?: number;
  readonly patienceMs?: number;
  readonly newsPace?: { readonly quietMs: number; readonly mostMs: number };
  /** 0 by default, so that each message gets its own prompt, except in stories about that. */
  readonly burstMs?: number;
  readonly wait?: Wait;
  /** See `BotApiOptions`. */
  readonly mostInGroups?: number;
  readonly onCall?: (call: Call) => void;
  readonly onLog?: (line: string) => void;
  readonly mayRefuse?: RegExp;
}

/** If a story's clock jumps ahead by two days, older messages can no longer be deleted. */
const TOO_OLD = /can't be deleted for everyone/;
/** News is sent after each look, without gathering. */
const AT_ONCE = { quietMs: 0, mostMs: 0 };

/**
 * Starts the composition root against a strict fake of the Bot API. Links are due at once and everything is quick, unless `env` says
 * otherwise (`DWLD_BOT_…`, as an operator would set it); only a downloader that is to be given up on needs limits shorter than a busy
 * machine may take. Disposing it throws if the fake refused a call, unless `mayRefuse` matches the refusal (`editMessageText: Bad Request:
 * …`).
 */
export async function startTestApp(
  env: Readonly<Record<string, string>> = {},
  {
    mayRefuse,
    patienceMs = WAIT_LIMIT_MS,
    newsPace = AT_ONCE,
    burstMs = 0,
    mostInGroups,
    onCall,
    onLog,
    ...clock
  }: TestAppOptions = {},
): Promise<TestApp> {
  const parts = new AsyncDisposableStack();
  const cwd = mkdtempSync(join(tmpdir(), "dwld-bot-test-"));
  parts.defer(() => rmSync(cwd, { recursive: true, force: true }));
  const api = parts.use(
    startBotApi({
      token: TOKEN,
      ...(clock.now && { now: clock.now }),
      ...(mostInGroups !== undefined && { mostInGroups }),
      ...(onCall && { onCall }),
    }),
  );
  parts.defer(() => {
    const tolerated = mayRefuse ?? (clock.now && TOO_OLD);
    const refused = refusalsOf(api.calls).filter(({ why }) => !tolerated?.test(why));
    const inWords = refused.map(({ why, params }) => `${why}\n  ${JSON.stringify(params)}`);
    if (refused.length > 0) throw new Error(`Telegram refused what the bot asked for:\n${inWords.join("\n")}`);
  });
  let printed = "";
  const watch = createWatch();
  parts.defer(() => watch.close());
  let config: Config;
  const start = async (more: Readonly<Record<string, string>>) => {
    config = loadConfig({ cwd, env: { ...quick(api.root), ...env, ...more } });
    const write = (text: string) => {
      printed += text;
      onLog?.(text);
      watch.changed();
    };
    const stdout = { write };
    const log = createLog({
      level: "debug",
      format: "json",
      secrets: secretsOf(config),
      env: {},
      stdout,
      now: Date.now,
    });
    return startApp(config, { log, patienceMs, newsPace, burstMs, ...clock });
  };
  let running: App | undefined = await start({});
  const stop = async () => {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  };
  parts.defer(stop);
  const current = () => {
    if (running === undefined) throw new Error("The bot is stopped");
    return running;
  };
  const address = () => `127.0.0.1:${current().grpc.port}`;
  const downloaders: FakeDownloader[] = [];
  parts.defer(async () => {
    await Promise.all(downloaders.map((downloader) => downloader[Symbol.asyncDispose]()));
  });
  return {
    api,
    get config() {
      return config;
    },
    get address() {
      return address();
    },
    get http() {
      return `http://127.0.0.1:${current().http?.port}`;
    },
    logged: () => printed,
    logs: (text) =>
      watch.until(() => printed.includes(text) || undefined, { what: `the log to say "${text}"`, seen: () => printed }),
    get watchdogReport() {
      return current().watchdogReport;
    },
    async downloader(options) {
      const downloader = await startDownloader(options);
      downloaders.push(downloader);
      await downloader.register(address());
      return downloader;
    },
    async restart(more = {}) {
      await stop();
      running = await start(more);
    },
    stop,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** An edit to the same content; a chat that the config names and that never wrote to the bot. */
const EXPECTED = ["message is not modified", "chat not found"];

/** The bot's calls that were refused, with the words of the fake, without armed faults. */
function refusalsOf(calls: readonly Call[]): { readonly why: string; readonly params: Call["params"] }[] {
  return calls.flatMap(({ method, params, response }) => {
    if (response?.status !== 400 || response.armed === true) return [];
    const why = isRecord(response.body) ? String(response.body.description) : "";
    return EXPECTED.some((words) => why.includes(words)) ? [] : [{ why: `${method}: ${why}`, params }];
  });
}

function quick(root: string): Record<string, string> {
  return {
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: String(ADMIN),
    DWLD_BOT_TELEGRAM_USERS: `${USER},${OTHER}`,
    DWLD_BOT_TELEGRAM_API_ROOTS: root,
    DWLD_BOT_TIME_ZONE: "UTC",
    DWLD_BOT_DISPATCH_INTERVAL: "50ms",
    DWLD_BOT_DISPATCH_DELAY: "0s",
    DWLD_BOT_DISPATCH_DEADLINE: `${WAIT_LIMIT_MS}ms`,
    DWLD_BOT_DISPATCH_BACKOFF_FIRST: "50ms",
    DWLD_BOT_DISPATCH_BACKOFF_CAP: "200ms",
    DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
    DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
  };
}
