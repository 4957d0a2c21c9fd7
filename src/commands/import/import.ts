import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Config, loadConfig } from "../../config/config.ts";
import { namedPath, readConfigFile } from "../../config/file.ts";
import { ConfigError } from "../../config/problem.ts";
import { type CommandWords, wordsFor } from "../../words/words.ts";
import { writeFileAtomically } from "../atomic-file.ts";
import { type CommandContext, environmentFor, giveToService, loadOwnConfig } from "../command-context.ts";
import { EXIT, type Exit, ExitWith } from "../exit.ts";
import { renderConfig } from "../render-config.ts";
import { putRows, tryRows, withoutBot } from "./database.ts";
import { settingsFrom } from "./go-config.ts";
import { type ImportReport, reportText } from "./report.ts";
import { ownerOf } from "./rows.ts";
import { findSources, type Sources } from "./sources.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** What `import` is to do. */
export interface ImportOptions {
  readonly from: readonly string[];
  readonly config?: string | undefined;
  readonly dryRun: boolean;
}

/**
 * Takes over the Go version's config and queue, whose files stay as they are, and says what it took and what it left. A second run adds
 * nothing. A dry run works on a copy. Throws `ConfigError` and `ExitWith`; then nothing was changed.
 */
export function importGoVersion(options: ImportOptions, context: CommandContext): Exit {
  const words = wordsFor(context.env);
  const { imported: said } = words;
  const write = (line: string) => context.write(`${line}\n`);
  if (options.from.length === 0) throw new ExitWith(EXIT.usage, said.needsFrom);
  const sources = findSources(options.from, { cwd: context.cwd, words });
  for (const path of sources.others) write(said.neither(path));
  const target = chooseTarget(sources, options, { ...context, words });
  const made = target.exists ? undefined : makeConfig(sources, target.path, { ...context, words });
  const config =
    made === undefined ? loadOwnConfig(target.path, context) : tryConfig(made.text, target.path, { ...context, words });
  const plan = { sources, target, made, config, dryRun: options.dryRun };
  const report = execute(plan, words);
  for (const line of summary(plan, report, said)) write(line);
  return EXIT.stopped;
}

/** What is to be done, with both configs. `made`: the new config, unless there is one already. */
interface Plan {
  readonly sources: Sources;
  readonly target: Target;
  readonly made: MadeConfig | undefined;
  readonly config: Config;
  readonly dryRun: boolean;
}

/** Writes the config and the rows, or, if one of them fails, neither. Returns what became of the rows; undefined if there are none. */
function execute({ sources, target, made, config, dryRun }: Plan, words: CommandWords): ImportReport | undefined {
  const rows = sources.database?.rows;
  const { path: database } = config.store;
  const defaults = {
    allowPrivate: config.links.allow_private,
    quality: config.quality.default,
    now: Date.now(),
    words: words.imported,
  };
  if (dryRun) return rows === undefined ? undefined : tryRows(database, rows, { defaults, words });
  const report = withoutBot(database, words, () => {
    if (made !== undefined) writeFileAtomically(target.path, made.text, { words: words.files });
    try {
      return rows === undefined ? undefined : putRows(database, rows, defaults);
    } catch (error) {
      if (made !== undefined) rmSync(target.path);
      throw error;
    }
  });
  if (made !== undefined) giveToService(target.path);
  return report;
}

/** What was done, or would be, for the operator; `rows` is what became of them. */
function summary(
  { sources, target, made, config, dryRun }: Plan,
  rows: ImportReport | undefined,
  said: CommandWords["imported"],
): string[] {
  const { config: goConfig, database, others } = sources;
  const lines: string[] = [];
  if (made !== undefined) {
    lines.push(reportText(said.from(goConfig?.path ?? ""), made.report, said));
    lines.push((dryRun ? said.wouldWrite : said.wrote)(target.path));
  } else if (goConfig !== undefined) {
    lines.push(said.configStays(target.path, goConfig.path));
  }
  if (rows === undefined) {
    lines.push(others.length > 0 ? said.noQueueNamed : said.noQueueFound);
  } else {
    lines.push(reportText(said.from(database?.path ?? ""), rows, said));
    lines.push((dryRun ? said.wouldGo : said.went)(config.store.path));
  }
  if (!dryRun && config.telegram.admins.length === 0) lines.push(said.noAdmin(target.path));
  if (!dryRun) lines.push(said.stopTheOther);
  return lines;
}

type Spoken = CommandContext & { readonly words: CommandWords };

interface MadeConfig {
  readonly text: string;
  readonly report: ImportReport;
}

interface Target {
  readonly path: string;
  readonly exists: boolean;
}

/** The config that is named or found, otherwise a new one beside the Go version's, which is never overwritten. */
function chooseTarget({ config, database }: Sources, options: ImportOptions, { env, cwd, words }: Spoken): Target {
  const path = namedPath({ path: options.config, env, cwd });
  if (path !== undefined) {
    if (existsSync(path) && path !== config?.path) return { path, exists: true };
    if (path !== config?.path && config !== undefined) return { path, exists: false };
    throw new ExitWith(EXIT.usage, words.imported.noConfig(path));
  }
  const { path: found } = readConfigFile({ env, cwd });
  if (found !== undefined && found !== config?.path) return { path: found, exists: true };
  if (config === undefined) {
    throw new ExitWith(EXIT.usage, words.imported.whichConfig(database?.path ?? ""));
  }
  const folder = dirname(config.path);
  const beside = join(folder, basename(config.path) === "config.yaml" ? "dwld-bot.yaml" : "config.yaml");
  return { path: beside, exists: existsSync(beside) };
}

function makeConfig({ config, database }: Sources, target: string, { env, words }: Spoken): MadeConfig | undefined {
  if (config === undefined) return undefined;
  const folders = (database?.rows.links ?? []).flatMap(({ userName }) => ownerOf(userName, 0).folder ?? []);
  const { settings, report } = settingsFrom(config.mapping, [...new Set(folders)].sort(), words.imported);
  // Otherwise the bot would look for the queue in the folder in which it is started.
  const inState = environmentFor(target, env).STATE_DIRECTORY !== undefined || Boolean(env.DWLD_BOT_STORE_PATH);
  const store = inState ? {} : { store: { path: join(dirname(target), "dwld-bot.db") } };
  const text = renderConfig({ ...settings, ...store }, words.config, [words.config.imported(config.path)]);
  return { text, report };
}

/** Loads the new config before it is written, to find out whether it is valid. */
function tryConfig(text: string, path: string, { env, cwd, words }: Spoken): Config {
  return inTemporaryFolder(words.files, (folder) => {
    const trial = join(folder, "config.yaml");
    writeFileSync(trial, text, { mode: 0o600 });
    try {
      return loadConfig({ path: trial, env: environmentFor(path, env), cwd, words });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(words.imported.badConfig(path), error.problems, words.mistakes);
    }
  });
}
