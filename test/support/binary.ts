import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Life, spawnBot } from "./binary/life.ts";
import type { Call } from "./bot-api/journal.ts";
import { type BotApi, startBotApi } from "./bot-api.ts";
import { type DownloaderOptions, type FakeDownloader, startDownloader } from "./downloader.ts";
import { WAIT_LIMIT_MS } from "./patience.ts";

export const TOKEN = "123456789:TEST-token-that-must-never-be-printed-anywhere";
export const ADMIN = 1;
export const USERS = [1001, 1002, 1003, 1004] as const;

/** One folder with a config and a database, in which the compiled bot lives, dies and lives again. */
export interface BinaryRig extends AsyncDisposable {
  readonly api: BotApi;
  readonly folder: string;
  /** Starts the bot on the folder's config. Its environment is exactly `env`; `command` replaces that of the rig for this run. */
  spawn(env?: Readonly<Record<string, string>>, args?: readonly string[], command?: readonly string[]): Life;
  /** The same; resolves with it once downloaders can register. */
  start(env?: Readonly<Record<string, string>>): Promise<Life>;
  /** A downloader that is registered with the life. */
  downloader(life: Life, options: Partial<DownloaderOptions> & { name: string }): Promise<FakeDownloader>;
  /** Every link that any downloader has accepted. */
  accepted(): string[];
  /** Resolves with the downloader that accepts the link. */
  acceptedBy(url: string): Promise<FakeDownloader>;
  /** Rows of the database, which another process may be using. */
  rows(sql: string): Record<string, unknown>[];
  /** Runs SQL on the database while the bot is stopped. */
  change(sql: string): void;
}

/** Links are sent at once, and retried soon. */
export const EAGER = { interval: "50ms", delay: "0s", backoff: { first: "100ms", cap: "500ms" } } as const;

export interface RigOptions {
  /** Overrides the fast settings of tests. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What to run instead of the compiled bot. */
  readonly command?: readonly string[];
  readonly onApiCall?: (call: Call) => void;
}

/** Disposing it kills what still runs, and throws when any life has printed the token. */
export function createBinaryRig({ config = {}, command, onApiCall }: RigOptions = {}): BinaryRig {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-binary-"));
  const api = startBotApi({ token: TOKEN, ...(onApiCall && { onCall: onApiCall }) });
  const path = join(folder, "dwld-bot.db");
  const lives: Life[] = [];
  const downloaders: FakeDownloader[] = [];
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify({ ...quick(api.root), ...config }), { mode: 0o600 });

  const rig: BinaryRig = {
    api,
    folder,
    spawn(env = {}, args = [], by = command) {
      const life = spawnBot({ command: by, cwd: folder, env, args });
      lives.push(life);
      return life;
    },
    async start(env) {
      const life = rig.spawn(env);
      await life.address();
      return life;
    },
    async downloader(life, options) {
      const downloader = await startDownloader(options);
      downloaders.push(downloader);
      await downloader.register(await life.address());
      return downloader;
    },
    accepted: () => downloaders.flatMap((downloader) => downloader.accepted),
    acceptedBy: (url) =>
      Promise.any(downloaders.map((downloader) => downloader.accepts(url).then(() => downloader))).catch(
        ({ errors }: AggregateError) => {
          throw new Error([...errors, lives.at(-1)?.output].join("\n"));
        },
      ),
    rows(sql) {
      using database = new Database(path, { readonly: true });
      return database.query<Record<string, unknown>, []>(sql).all();
    },
    change(sql) {
      using database = new Database(path, { readwrite: true });
      // The bot may be writing at the same time.
      database.run("pragma busy_timeout = 5000");
      database.run(sql);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(lives.map((life) => life.kill()));
      await Promise.all(downloaders.map((downloader) => downloader[Symbol.asyncDispose]()));
      await api[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
      const [, secret = TOKEN] = TOKEN.split(":");
      const leak = lives.find(({ output }) => output.includes(secret));
      if (leak !== undefined) throw new Error(`The bot has printed its token:\n${leak.output}`);
    },
  };
  return rig;
}

function quick(root: string): Record<string, unknown> {
  return {
    telegram: { token: TOKEN, admins: [ADMIN], users: USERS, api_roots: [root] },
    time_zone: "UTC",
    dispatch: { ...EAGER, deadline: `${WAIT_LIMIT_MS}ms` },
    grpc: { listen: "127.0.0.1:0" },
    http: { listen: "127.0.0.1:0" },
    log: { level: "debug", format: "json" },
  };
}
