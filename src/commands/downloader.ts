import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { readSecretFiles } from "../config/secret-files.ts";
import { errorCode } from "../domain/error-code.ts";
import { ListenError } from "../domain/listening.ts";
import type { Log } from "../domain/log.ts";
import { isProgramSecret } from "../domain/program-kind.ts";
import { tokenIn } from "../domain/token.ts";
import { wait } from "../domain/wait.ts";
import { startDownloader } from "../downloader/downloader.ts";
import { withMembership } from "../downloader/joining.ts";
import { downloaderTexts } from "../downloader/locales/locales.ts";
import { type DownloaderOptions, parseOptions, type WrittenOptions } from "../downloader/options.ts";
import { programsOf } from "../downloader/programs.ts";
import { tokenExposure } from "../downloader/token-exposure.ts";
import { routeGrpcLog } from "../grpc/grpc-log.ts";
import { createLog } from "../log/log.ts";
import { createRedactor } from "../log/redactor.ts";
import { connectServiceManager } from "../systemd/service-manager.ts";
import { version } from "../version.ts";
import { languageOf, words, wordsFor } from "../words/words.ts";
import { TOLD_BY_PARENT } from "./beside.ts";
import type { CommandContext } from "./command-context.ts";
import { checkDownloader } from "./downloader-check.ts";
import { EXIT, type Exit, ExitWith, exitFor } from "./exit.ts";
import { dieOfBugs, stopRequested } from "./long-running.ts";
import { listenFailure } from "./start-failure.ts";

/**
 * Downloads for the bot until a signal asks it to stop; or with `--check` says whether it could, and with `--search` which programs could;
 * resolves with the exit code. Throws `ExitWith`.
 */
export async function downloader(of: WrittenOptions, { env, cwd, write }: CommandContext): Promise<Exit> {
  const written = withCode(of, env);
  if (written.search === true) {
    for (const { kind, url } of await programsOf().find()) write(`${kind} ${url}\n`);
    return EXIT.stopped;
  }
  const backEndSecret = env[TOLD_BY_PARENT.backEndSecret] || handedOverSecret(env);
  const parsed = parseOptions(written, { cwd, language: languageOf(env), backEndSecret });
  if (!parsed.ok) throw new ExitWith(EXIT.usage, parsed.problems.join("\n"));
  // The bot beside it, and systemd, do not write the token where every user could read it.
  const token = parsed.options.token ?? (env[TOLD_BY_PARENT.token] || handedOver({ env, cwd }) || undefined);
  const secrets = [token, parsed.options.backEnd?.options.secret].filter((secret) => secret !== undefined);
  if (written.check === true) {
    const { redact } = createRedactor(secrets);
    const json = written.json === true;
    return checkDownloader({ ...parsed.options, token }, { write: (text) => void write(redact(text)), json });
  }
  const { stdout } = process;
  const log = createLog({ level: "info", format: "auto", secrets, env, stdout, now: Date.now });
  log.captureConsole();
  routeGrpcLog(log.withTag("grpc-js"));
  dieOfBugs(log);
  const stop = stopRequested(log);

  const isBeside = env[TOLD_BY_PARENT.endsWithInput] !== undefined;
  const given = { ...parsed.options, token };
  // Beside a bot it belongs to that bot, whichever other one its folder has joined before.
  const options = isBeside ? given : await joined(given, { stop, log });
  if (options === undefined) return EXIT.stopped;
  const exposure = tokenExposure(options);
  const { plainToken } = downloaderTexts[options.language];
  if (exposure === "internet" && !options.plainToken)
    throw new ExitWith(EXIT.usage, plainToken.internet(options.bot.host));
  log.info(`dwld-bot ${version}: downloader "${options.name}"`, { dir: options.dir });
  for (const warning of options.backEnd?.warnings ?? []) log.warn(warning);
  if (exposure !== "none") log.warn(plainToken.network(options.bot.host));
  await using running = await startDownloader(options, { log }).catch((error) => explain(error, options));
  log.info("Listening", { ...running.address });
  using systemd = connectServiceManager({ env, log: log.withTag("systemd") });
  // Nothing counts as late: a sleeping disk may hold up everything for minutes, which is no reason for a restart.
  systemd.ready({ status: running.health, late: () => [] });
  await Promise.race([stop, ...(isBeside ? [inputEnds()] : [])]);
  return EXIT.stopped;
}

/** The bot's token, if systemd has handed one over. Throws `ExitWith` for something that is not a token. */
function handedOver(places: Omit<CommandContext, "write">): string | undefined {
  const { values, files } = readSecretFiles(new Map(), places);
  const text = values.get("grpc.token")?.trim();
  if (!text || tokenIn(text) !== undefined) return text;
  const { sentence, found, expected, hint } = wordsFor(places.env).mistakes;
  const what = found.inFile(found.hidden(text.length), files.get("grpc.token") ?? "");
  throw new ExitWith(EXIT.config, `${sentence("grpc-token", what, expected.tokenInFile)}. ${hint.tokenAlone}`);
}

/** The secret of the program that downloads, if systemd has handed one over. Throws `ExitWith` for something that is not a secret. */
function handedOverSecret(env: CommandContext["env"]): string | undefined {
  const name = "backend-secret";
  const text = credential(name, env);
  if (text === undefined || isProgramSecret(text)) return text;
  const { sentence, found, expected, hint } = wordsFor(env).mistakes;
  const what = found.inFile(found.hidden(text.length), join(env.CREDENTIALS_DIRECTORY ?? "", name));
  throw new ExitWith(EXIT.config, `${sentence(name, what, expected.secretInFile)}. ${hint.control}`);
}

/** What systemd has handed over under this name; undefined if nothing. */
function credential(name: string, env: CommandContext["env"]): string | undefined {
  try {
    return readFileSync(join(env.CREDENTIALS_DIRECTORY ?? "", name), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The written options, with the code that systemd has handed over, unless another one was named. */
function withCode(written: WrittenOptions, env: CommandContext["env"]): WrittenOptions {
  const code = credential("join-code", env);
  const isNamed = written.join !== undefined || written["join-file"] !== undefined;
  return code === undefined || isNamed ? written : { ...written, join: code };
}

/** With what a code says, if there is one or was one; undefined if a signal came before that. Throws `ExitWith`. */
async function joined(
  options: DownloaderOptions,
  { stop, log }: { stop: Promise<unknown>; log: Log },
): Promise<DownloaderOptions | undefined> {
  const stopping = new AbortController();
  void stop.then(() => stopping.abort());
  const deps = { log: log.withTag("join"), wait, now: Date.now, random: Math.random, stop: stopping.signal };
  const outcome = await withMembership(options, deps).catch((error) => explain(error, options));
  if (outcome.ok) return outcome.options;
  if (stopping.signal.aborted) return undefined;
  throw new ExitWith(outcome.mayPass ? EXIT.notNow : EXIT.config, outcome.problem);
}

/** Resolves when the process that started this one is gone. */
async function inputEnds(): Promise<void> {
  for await (const _ of Bun.stdin.stream());
}

function explain(error: unknown, { dir, language }: DownloaderOptions): never {
  if (error instanceof ListenError) throw listenFailure(error, "--listen", words[language].start);
  const code = errorCode(error);
  if (code === undefined) throw error;
  const texts = downloaderTexts[language];
  if (code === "SQLITE_BUSY") throw new ExitWith(EXIT.notNow, texts.runsAlready(dir));
  const target = targetOf(dir);
  throw new ExitWith(exitFor(code), texts.cannotWrite(target === undefined ? dir : texts.linkTo(dir, target), code));
}

/** Where a symbolic link leads: to a disk that is not mounted, or into a folder that is closed. Undefined for anything else. */
function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
