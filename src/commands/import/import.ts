import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { type Config, loadConfig } from "../../config/config.ts";
import { readConfigFile } from "../../config/file.ts";
import { ConfigError } from "../../config/problem.ts";
import { writeFileAtomically } from "../atomic-file.ts";
import { type CommandContext, environmentFor, giveToService, loadOwnConfig } from "../command-context.ts";
import { EXIT, type Exit, ExitWith } from "../exit.ts";
import { renderConfig } from "../render-config.ts";
import { putRows, tryRows, withoutBot } from "./database.ts";
import { settingsFrom } from "./go-config.ts";
import { type ImportReport, reportText } from "./report.ts";
import { ownerOf } from "./rows.ts";
import { findSources, type Sources } from "./sources.ts";

/** What `import` is asked for. */
export interface ImportOptions {
  readonly from: readonly string[];
  readonly config?: string | undefined;
  readonly dryRun: boolean;
}

/**
 * Takes over the Go version's config and queue, whose files stay as they are, and says what it took and what it left. A
 * second run adds nothing. A dry run works on a copy. Throws `ConfigError` and `ExitWith`; then nothing was changed.
 */
export function importGoVersion(options: ImportOptions, context: CommandContext): Exit {
  if (options.from.length === 0) {
    throw new ExitWith(EXIT.usage, "import needs --from with the folder or the files of the Go version.");
  }
  const { write } = context;
  const sources = findSources(options.from, context.cwd);
  for (const path of sources.others) write(`${path} is neither the Go version's YAML nor its database: left alone\n`);
  const rows = sources.database?.rows;
  const target = chooseTarget(sources, options, context);
  const made = target.exists ? undefined : makeConfig(sources, target.path, context);
  const config = made === undefined ? loadOwnConfig(target.path, context) : tryConfig(made.text, target.path, context);

  const { path: database } = config.store;
  const defaults = { allowPrivate: config.links.allow_private, quality: config.quality.default, now: Date.now() };
  let report: ImportReport | undefined;
  if (options.dryRun) {
    report = rows === undefined ? undefined : tryRows(database, rows, defaults);
  } else {
    report = withoutBot(database, () => {
      if (made !== undefined) writeFileAtomically(target.path, made.text);
      try {
        return rows === undefined ? undefined : putRows(database, rows, defaults);
      } catch (error) {
        if (made !== undefined) rmSync(target.path);
        throw error;
      }
    });
    if (made !== undefined) giveToService(target.path);
  }

  if (made !== undefined) {
    write(reportText(`From ${sources.config?.path}:`, made.report));
    write(`${options.dryRun ? "Would write" : "Wrote"} ${target.path}\n`);
  } else if (sources.config !== undefined) {
    write(`${target.path} is there already: nothing of ${sources.config.path} was taken\n`);
  }
  if (report === undefined && sources.others.length > 0) {
    write("No queue was taken: what was named is no database of the Go version\n");
  } else if (report === undefined) {
    write("No database of the Go version was found: name its links.db with --from\n");
  } else {
    write(reportText(`From ${sources.database?.path}:`, report));
    write(`${options.dryRun ? "Would go" : "Went"} into ${database}\n`);
  }
  if (!options.dryRun) write("Stop the Go version for good before the bot starts: Telegram serves one at a time.\n");
  return EXIT.stopped;
}

interface Target {
  readonly path: string;
  readonly exists: boolean;
}

/** The config that is named or found, else a new one beside the Go version's; that one is never written over. */
function chooseTarget({ config, database }: Sources, options: ImportOptions, { env, cwd }: CommandContext): Target {
  const named = options.config ?? (env.DWLD_BOT_CONFIG || undefined);
  if (named !== undefined) {
    const path = resolve(cwd, named);
    if (existsSync(path) && path !== config?.path) return { path, exists: true };
    if (path !== config?.path && config !== undefined) return { path, exists: false };
    throw new ExitWith(EXIT.usage, `${path} is not a config of this version: name another with --config.`);
  }
  const { path: found } = readConfigFile({ env, cwd });
  if (found !== undefined && found !== config?.path) return { path: found, exists: true };
  if (config === undefined) {
    throw new ExitWith(
      EXIT.usage,
      `Into which bot's database does ${database?.path} go? Name its config with --config.`,
    );
  }
  const folder = dirname(config.path);
  const path = join(folder, basename(config.path) === "config.yaml" ? "dwld-bot.yaml" : "config.yaml");
  return { path, exists: existsSync(path) };
}

function makeConfig(
  { config, database }: Sources,
  target: string,
  { env }: CommandContext,
): { text: string; report: ImportReport } | undefined {
  if (config === undefined) return undefined;
  const folders = (database?.rows.links ?? []).flatMap(({ userName }) => ownerOf(userName, 0).folder ?? []);
  const { settings, report } = settingsFrom(config.mapping, [...new Set(folders)].sort());
  // Otherwise the bot would look for the queue in whatever folder it is started in.
  const inState = environmentFor(target, env).STATE_DIRECTORY !== undefined || Boolean(env.DWLD_BOT_STORE_PATH);
  const store = inState ? {} : { store: { path: join(dirname(target), "dwld-bot.db") } };
  return { text: renderConfig({ ...settings, ...store }, [`From the Go version's ${config.path}.`]), report };
}

/** The config as it will be read; it is not written before it is known to be right. */
function tryConfig(text: string, path: string, context: CommandContext): Config {
  const folder = mkdtempSync(join(tmpdir(), "dwld-bot-import-"));
  try {
    const trial = join(folder, "config.yaml");
    writeFileSync(trial, text, { mode: 0o600 });
    return loadConfig({ path: trial, env: environmentFor(path, context.env), cwd: context.cwd });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      `The Go version's settings do not make a config. Write ${path} yourself, and import again with --config:`,
      error.problems,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
