import { hostname } from "node:os";
import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/problem.ts";
import { secretsOf } from "../../config/secrets.ts";
import { readTlsFiles, readTlsOfDownloaders } from "../../config/tls-files.ts";
import { NO_PROGRAM } from "../../domain/program-kind.ts";
import { eitherTlsOf } from "../../domain/tls.ts";
import { createRedactor } from "../../log/redactor.ts";
import { JoinedUnreadable, joinedBeside, openJoinedServers } from "../../store/joined-servers.ts";
import type { CommandWords } from "../../words/words.ts";
import { besideDir, whyNotBeside } from "../beside-options.ts";
import { type CommandContext, loadOwnConfig, ownWords } from "../command-context.ts";
import { EXIT, type Exit } from "../exit.ts";
import { findingsOf, inJson, isSound } from "../finding.ts";
import { checkAdmins } from "./admins.ts";
import { checkBeside } from "./beside.ts";
import { certificatesOf, checkCertificates } from "./certificates.ts";
import { checkClock } from "./clock.ts";
import { checkDatabase } from "./database.ts";
import { checkDownloaders } from "./downloaders.ts";
import type { BotFinding } from "./finding.ts";
import { checkPort } from "./ports.ts";
import { checkProgramBeside } from "./program.ts";
import { inWords } from "./report.ts";
import { checkTelegram } from "./telegram.ts";

const { ok, note, warn, fail } = findingsOf("config");

/** Checks everything that the bot needs, even beside a running bot, and changes nothing. Exits with 78 if something fails. */
export async function check(
  of: { config?: string | undefined; json?: boolean | undefined; colours: boolean },
  context: CommandContext,
): Promise<Exit> {
  const words = ownWords(of.config, context);
  const { findings, secrets } = await loadAndCheck(of.config, context, words);
  const text = of.json === true ? inJson(findings) : inWords(findings, { colours: of.colours, words: words.check });
  context.write(createRedactor(secrets).redact(text));
  return isSound(findings) ? EXIT.stopped : EXIT.config;
}

/** What is wrong with the config or, if it can be used, with everything that it leads to; and the secrets that may occur in that. */
async function loadAndCheck(path: string | undefined, context: CommandContext, all: CommandWords) {
  const { mistakes, start } = all;
  try {
    const config = loadOwnConfig(path, context);
    return { findings: await checkAll(config, all, context), secrets: secretsOf(config) };
  } catch (error) {
    if (error instanceof JoinedUnreadable)
      return { findings: [fail(start.joined(error.path, error.code))], secrets: [] };
    if (!(error instanceof ConfigError)) throw error;
    const heading = note(error.message.split("\n")[0]?.replace(/:$/, "") ?? "");
    const problems = error.problems.map(({ key, found, expected, hint }) =>
      fail(mistakes.sentence(key, found, expected), hint),
    );
    return { findings: [heading, ...problems], secrets: [] };
  }
}

async function checkAll(
  config: Config,
  { check: words, beside: besideWords, mistakes, language }: CommandWords,
  { cwd, env }: CommandContext,
): Promise<BotFinding[]> {
  const { tls } = config.grpc;
  const { downloader: beside } = config;
  const joined = openJoinedServers(joinedBeside(config.store.path), Date.now);
  const own = readTlsFiles(tls, mistakes);
  const ofConfig = readTlsOfDownloaders(config.grpc, own, mistakes);
  const tlsOf = eitherTlsOf(ofConfig, joined.tlsOf);
  const now = Date.now();
  const { findings, inspection, isRunning } = checkDatabase(config.store.path, now, words);
  const isBeside = besideDir(config) !== "";
  const [telegram, downloaders, ...ports] = await Promise.all([
    checkTelegram(config.telegram, { now: Date.now, env, words }),
    checkDownloaders({
      downloaders: inspection?.downloaders ?? [],
      routes: config.routes,
      windows: config.dispatch.windows,
      beside: isBeside ? { name: beside.name || hostname(), isRunning } : undefined,
      ...{ now, words, tlsOf },
    }),
    checkPort("grpc.listen", config.grpc.listen, { isRunning, words }),
    ...(tls.listen === "" ? [] : [checkPort("grpc.tls.listen", tls.listen, { isRunning, words })]),
    ...(joined.identity() === undefined
      ? []
      : [checkPort("grpc.join.listen", config.grpc.join.listen, { isRunning, words })]),
    checkPort("http.listen", config.http.listen, { isRunning, words }),
    ...(isBeside ? [checkPort("downloader.listen", beside.listen, { isRunning, words })] : []),
  ]);
  // Last, because Telegram may be reached through a proxy of the environment.
  const wrong = isBeside ? whyNotBeside(config, besideWords) : undefined;
  const ofBeside =
    beside.backend.kind === NO_PROGRAM
      ? checkBeside(beside, { words })
      : await checkProgramBeside(config, { language, cwd });
  return [
    ok(config.file ?? words.config.fromEnvironment),
    ...config.warnings.map((warning) => warn(warning)),
    ...checkCertificates({ certificates: certificatesOf(config.grpc, own, ofConfig), now, words }),
    ...checkClock({ now, server: telegram.clock, newestRowAt: inspection?.newestAt, words }),
    ...findings,
    ...checkAdmins({
      configured: config.telegram.admins,
      stored: inspection?.admins ?? (isSound(findings) ? [] : undefined),
      databasePath: config.store.path,
      ...{ now, words },
    }),
    ...ports,
    ...telegram.findings,
    ...downloaders,
    ...(wrong === undefined ? [] : [fail(wrong)]),
    ...ofBeside,
  ];
}
