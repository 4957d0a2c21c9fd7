import { resolve } from "node:path";
import { startApp } from "../app/app.ts";
import { loadConfig } from "../config/config.ts";
import { secretsOf } from "../config/secrets.ts";
import { ListenError } from "../domain/listening.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { routeGrpcLog } from "../grpc/grpc-log.ts";
import { createLog } from "../log/log.ts";
import { AlreadyRunning } from "../store/instance-lock.ts";
import { JoinedUnreadable } from "../store/joined-servers.ts";
import { NewerDatabase } from "../store/migrate.ts";
import { connectServiceManager } from "../systemd/service-manager.ts";
import { version } from "../version.ts";
import { refuseBeside, startBeside } from "./beside.ts";
import { EXIT, type Exit, ExitWith, exitFor } from "./exit.ts";
import { dieOfBugs, stopRequested } from "./long-running.ts";

/**
 * Serves until a signal asks to stop; resolves with the exit code. `withDownloader` stands for `downloader.dir`. Throws
 * `ConfigError` and `ExitWith`.
 */
export async function run(of: { config?: string | undefined; withDownloader?: string | undefined }): Promise<Exit> {
  // The queue tells who downloads what; without systemd's UMask= others could read it.
  const umask = process.umask(0o077);
  const config = loadConfig({ path: of.config, env: process.env, cwd: process.cwd() });
  const dir = of.withDownloader === undefined ? config.downloader.dir : resolve(of.withDownloader);
  if (dir !== "") refuseBeside(config, process.env);
  const log = createLog({
    ...config.log,
    secrets: secretsOf(config),
    env: process.env,
    stdout: process.stdout,
    now: Date.now,
  });
  log.captureConsole();
  routeGrpcLog(log.withTag("grpc-js"));
  for (const warning of config.warnings) log.warn(warning);
  dieOfBugs(log);
  const stop = stopRequested(log);
  let saveProfile = (): unknown => undefined;
  process.on("SIGUSR2", () => saveProfile());
  // Others use it to have log files opened again; here it would end the process.
  process.on("SIGUSR1", () => {});

  log.info(`dwld-bot ${version}`, { config: config.file, database: config.store.path });
  await using app = await startApp(config, { log }).catch(explain);
  saveProfile = app.saveProfile;
  await using _beside =
    dir === "" ? undefined : startBeside({ dir, config, bot: app.grpc, umask }, log.withTag("beside"));
  using systemd = connectServiceManager({ env: process.env, log: log.withTag("systemd") });
  void app.ready.then(() => systemd.ready(app.watchdogReport));
  const reason = await Promise.race([stop, app.unauthorized.then(() => "unauthorized" as const)]);
  if (reason !== "unauthorized") return EXIT.stopped;
  log.error("Telegram refuses the token: check telegram.token, and ask @BotFather for a new one if it was revoked");
  return EXIT.config;
}

function explain(error: unknown): never {
  if (error instanceof AlreadyRunning) throw new ExitWith(EXIT.notNow, error.message);
  const sentence = sentenceFor(error);
  if (sentence === undefined) throw error;
  throw new ExitWith(exitFor(sentence), sentence);
}

/** What the operator is told of what is wrong outside the program; undefined for a bug. */
function sentenceFor(error: unknown): string | undefined {
  if (error instanceof StoreUnavailable && error.code === "EISDIR")
    return "store.path is a folder: name a file in it, such as dwld-bot.db.";
  if (error instanceof StoreUnavailable) return `${error.message}. Check store.path and its directory.`;
  const isKnown = error instanceof NewerDatabase || error instanceof ListenError || error instanceof JoinedUnreadable;
  return isKnown ? error.message : undefined;
}
