import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/problem.ts";
import { secretsOf } from "../../config/secrets.ts";
import { createRedactor } from "../../log/redactor.ts";
import { isRunningOn } from "../../store/inspect.ts";
import { type CommandWords, wordsFor } from "../../words/words.ts";
import { type CommandContext, loadOwnConfig } from "../command-context.ts";
import { EXIT, type Exit } from "../exit.ts";
import { checkClock } from "./clock.ts";
import { checkDatabase } from "./database.ts";
import { checkDownloaders } from "./downloaders.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { checkPort } from "./ports.ts";
import { inJson, inWords, isSound } from "./report.ts";
import { checkTelegram } from "./telegram.ts";

const { ok, warn, fail } = findingsOf("config");

/** Looks at everything that the bot needs, beside a running bot too, and changes nothing. Exits with 78 when something fails. */
export async function check(
  of: { config?: string | undefined; json?: boolean | undefined; colours: boolean },
  context: CommandContext,
): Promise<Exit> {
  const { findings, secrets, words } = await lookAtAll(of.config, context);
  const text = of.json === true ? inJson(findings) : inWords(findings, { colours: of.colours, words });
  context.write(createRedactor(secrets).redact(text));
  return isSound(findings) ? EXIT.stopped : EXIT.config;
}

async function lookAtAll(path: string | undefined, context: CommandContext) {
  try {
    const config = loadOwnConfig(path, context);
    const words = wordsFor(context.env, config.telegram.language).check;
    return { findings: await lookAt(config, words), secrets: secretsOf(config), words };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const heading = warn(error.message.split("\n")[0]?.replace(/:$/, "") ?? "");
    const problems = error.problems.map(({ key, found, expected, hint }) =>
      fail(`${key}: found ${found}, expected ${expected}`, hint),
    );
    return { findings: [heading, ...problems], secrets: [], words: wordsFor(context.env).check };
  }
}

async function lookAt(config: Config, words: CommandWords["check"]): Promise<Finding[]> {
  const now = Date.now();
  const { findings, inspection } = checkDatabase(config.store.path, now, words);
  const isRunning = isRunningOn(config.store.path);
  const [telegram, downloaders, ...ports] = await Promise.all([
    checkTelegram(config.telegram, { now: Date.now, words }),
    checkDownloaders({ downloaders: inspection?.downloaders ?? [], routes: config.routes, now, words }),
    checkPort("grpc.listen", config.grpc.listen, { isRunning, words }),
    checkPort("http.listen", config.http.listen, { isRunning, words }),
  ]);
  return [
    ok(config.file ?? words.config.fromEnvironment),
    ...config.warnings.map((warning) => warn(warning)),
    ...checkClock({ now, server: telegram.clock, newestRowAt: inspection?.newestAt, words }),
    ...findings,
    ...ports,
    ...telegram.findings,
    ...downloaders,
  ];
}
