import { resolve } from "node:path";
import { startApp } from "../app/app.ts";
import { type Config, loadConfig } from "../config/config.ts";
import { secretsOf } from "../config/secrets.ts";
import { ListenError } from "../domain/listening.ts";
import { NobodyRules } from "../domain/pairing.ts";
import { routeGrpcLog } from "../grpc/grpc-log.ts";
import { gatherLines } from "../log/gathered-lines.ts";
import { createLog } from "../log/log.ts";
import { connectServiceManager } from "../systemd/service-manager.ts";
import { version } from "../version.ts";
import type { CommandWords } from "../words/words.ts";
import { startBeside } from "./beside.ts";
import { besideDir, refuseBeside } from "./beside-options.ts";
import { ownWords } from "./command-context.ts";
import { EXIT, type Exit, ExitWith } from "./exit.ts";
import { dieOfBugs, stopRequested } from "./long-running.ts";
import { listenFailure, listenKeyOf, storeFailure } from "./start-failure.ts";

/**
 * Serves until a signal asks it to stop; resolves with the exit code. `withDownloader` stands for `downloader.dir`. Throws `ConfigError`
 * and `ExitWith`.
 */
export async function run(of: { config?: string | undefined; withDownloader?: string | undefined }): Promise<Exit> {
  // The queue shows who downloads what; without systemd's UMask= others could read it.
  const umask = process.umask(0o077);
  const places = { env: process.env, cwd: process.cwd() };
  const words = ownWords(of.config, places);
  const config = loadConfig({ path: of.config, ...places, words });
  const dir = of.withDownloader === undefined ? besideDir(config) : resolve(of.withDownloader);
  if (dir !== "") refuseBeside(config, process.env);
  using stdout = gatherLines(process.stdout);
  process.on("exit", stdout.writeNow);
  const log = createLog({ ...config.log, secrets: secretsOf(config), env: process.env, stdout, now: Date.now });
  log.captureConsole();
  routeGrpcLog(log.withTag("grpc-js"));
  for (const warning of config.warnings) log.warn(warning);
  dieOfBugs(log);
  const stop = stopRequested(log);
  let saveProfile = (): unknown => undefined;
  process.on("SIGUSR2", () => saveProfile());
  // Other programs reopen their log files at this signal; here it would end the process.
  process.on("SIGUSR1", () => {});

  log.info(`dwld-bot ${version}`, { config: config.file, database: config.store.path });
  const systemd = connectServiceManager({ env: process.env, log: log.withTag("systemd") });
  const { unhurried } = systemd;
  await using app = await startApp(config, { log, mistakes: words.mistakes, unhurried }).catch((error) =>
    explain(error, config, words),
  );
  saveProfile = app.saveProfile;
  await using _beside =
    dir === "" ? undefined : startBeside({ dir, config, bot: app.grpc, umask }, log.withTag("beside"));
  // It is told of the stop before the rest begins to stop.
  using _stopping = systemd;
  void app.ready.then(() => systemd.ready(app.watchdogReport));
  const reason = await Promise.race([stop, app.unauthorized.then(() => "unauthorized" as const)]);
  if (reason !== "unauthorized") return EXIT.stopped;
  throw new ExitWith(EXIT.config, words.start.unauthorized);
}

function explain(error: unknown, config: Config, words: CommandWords): never {
  if (error instanceof NobodyRules) throw new ExitWith(EXIT.config, words.pair.nobody);
  if (error instanceof ListenError) throw listenFailure(error, listenKeyOf(error, config), words.start);
  throw storeFailure(error, config, words.start) ?? error;
}
