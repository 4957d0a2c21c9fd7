import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KEY_RULES } from "../../../src/domain/same-video.ts";
import { createBackupFiles } from "../../../src/store/backup-files.ts";
import { openStore, type SqliteStore } from "../../../src/store/store.ts";
import type { Life } from "../../support/binary/life.ts";
import { ADMIN, TOKEN } from "../../support/binary.ts";
import { type Child, startChild } from "./child.ts";
import type { DownloaderCounts } from "./downloader.ts";
import { startKept } from "./kept-life.ts";
import type { TelegramCounts } from "./telegram.ts";

/** Telegram and four downloaders, each in a separate process, and a folder for a bot. */
export interface World extends AsyncDisposable {
  readonly telegram: Child;
  /** The address of the Bot API. */
  readonly root: string;
  readonly downloaders: readonly Child[];
  readonly ports: readonly number[];
  readonly folder: string;
  /** The bot's database. */
  readonly database: string;
  /** Fills the database of a bot that is not running. */
  prepare(fill: (store: SqliteStore) => void): void;
  /** Starts the compiled bot; resolves once it serves. `over`: what to add to its config. */
  startBot(over?: Readonly<Record<string, unknown>>, env?: Readonly<Record<string, string>>): Promise<Life>;
  /** The downloaders' counts, added up. */
  accepted(): Promise<Required<DownloaderCounts>>;
  telegramCounts(): Promise<TelegramCounts>;
}

/** For profiles. */
export const HTTP_TOKEN = "a-token-for-the-bench-alone-1234567890";
/** The ids of people who may use the bot start here. */
export const FIRST_CHAT = 1_000;
export const DOWNLOADERS = ["nas", "abroad", "attic", "cellar"] as const;

/** `people` of them may use the bot, and `others`, by their ids. */
export async function createWorld({
  people,
  others = [],
}: {
  people: number;
  others?: readonly number[];
}): Promise<World> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-bench-"));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const telegram = parts.use(await startChild(join(import.meta.dir, "telegram.ts")));
  const script = join(import.meta.dir, "downloader.ts");
  const downloaders = await Promise.all(DOWNLOADERS.map(async () => parts.use(await startChild(script))));
  const { root } = await telegram.ask<{ root: string }>({ do: "where" });
  const where = await Promise.all(downloaders.map((one) => one.ask<{ port: number }>({ do: "where" })));
  const ports = where.map(({ port }) => port);
  const database = join(folder, "dwld-bot.db");
  const lives: Life[] = [];
  parts.defer(async () => {
    await Promise.all(lives.map((life) => life.kill()));
  });
  const users = [...Array.from({ length: people }, (_, index) => FIRST_CHAT + index), ...others];
  await telegram.ask({ do: "people", first: ADMIN, count: 1 });
  const alive = parts.move();

  return {
    telegram,
    root,
    downloaders,
    ports,
    folder,
    database,
    prepare(fill) {
      using store = openStore(database);
      store.transaction(() => {
        for (const [index, name] of DOWNLOADERS.entries()) {
          const at = { host: "127.0.0.1", port: ports[index] ?? 0 };
          const seen = { registeredAt: Date.now(), lastSeenAt: Date.now(), failures: 0, paused: false };
          store.downloaders.save({ name, ...at, roots: ["*"], ...seen });
        }
        fill(store);
        // As an earlier run leaves it, so that this one has nothing to bring up to date.
        store.storedKeys.setRules(KEY_RULES);
      });
      createBackupFiles(database).make("nightly", Date.now());
    },
    async startBot(over = {}, env = {}) {
      const config = {
        telegram: { token: TOKEN, admins: [ADMIN], users, api_roots: [root] },
        time_zone: "UTC",
        grpc: { listen: "127.0.0.1:0" },
        http: { listen: "127.0.0.1:0", token: HTTP_TOKEN },
        log: { level: "info", format: "json" },
        ...over,
      };
      // JSON is YAML.
      writeFileSync(join(folder, "config.yaml"), JSON.stringify(config), { mode: 0o600 });
      const life = await startKept({ command: undefined, cwd: folder, env, args: [] });
      lives.push(life);
      await life.address();
      return life;
    },
    async accepted() {
      const all = await Promise.all(downloaders.map((one) => one.ask<DownloaderCounts>({ do: "counts" })));
      const instants = (of: (counts: DownloaderCounts) => number | null) => all.flatMap((counts) => of(counts) ?? []);
      const calls: Record<string, number> = {};
      for (const [method, count] of all.flatMap((one) => Object.entries(one.calls))) {
        calls[method] = (calls[method] ?? 0) + count;
      }
      return {
        accepted: all.reduce((sum, { accepted }) => sum + accepted, 0),
        firstAt: Math.min(...instants(({ firstAt }) => firstAt)),
        lastAt: Math.max(...instants(({ lastAt }) => lastAt)),
        calls,
      };
    },
    telegramCounts: () => telegram.ask({ do: "counts" }),
    [Symbol.asyncDispose]: () => alive.disposeAsync(),
  };
}
