import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { StoreUnavailable } from "../domain/storage.ts";
import { copyDatabase } from "../store/copy.ts";
import { type CommandContext, loadOwnConfig } from "./command-context.ts";
import { EXIT, type Exit, ExitWith } from "./exit.ts";

/**
 * Copies the database to a new file, also while the bot runs; the copy is checked, and its owner's alone. Throws
 * `ConfigError` and `ExitWith`; then there is no such file.
 */
export function backup(of: { config?: string | undefined; to: string }, context: CommandContext): Exit {
  const from = loadOwnConfig(of.config, context).store.path;
  const to = resolve(context.cwd, of.to);
  if (!existsSync(from)) {
    throw new ExitWith(EXIT.config, `There is no database at ${from}. Name the bot's config with --config.`);
  }
  try {
    copyDatabase(from, to);
  } catch (error) {
    throw explained(error, { from, to });
  }
  context.write(`Backed up ${from} to ${to}: ${statSync(to).size} bytes, checked.\n`);
  return EXIT.stopped;
}

function explained(error: unknown, { from, to }: { from: string; to: string }): unknown {
  if (error instanceof StoreUnavailable) {
    const why = /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
      ? "it is damaged. Start the bot: it moves it aside and restores the newest good backup"
      : `SQLite says ${error.code}. Is there room on the disk, and may this user read the one and write the other`;
    return new ExitWith(EXIT.config, `Cannot back up ${from} to ${to}: ${why}.`);
  }
  if (!(error instanceof Error && "code" in error)) return error;
  if (error.code === "EEXIST") {
    return new ExitWith(EXIT.usage, `${to} exists already, and is not written over. Name another file.`);
  }
  const why = error.code === "ENOENT" ? `there is no folder ${dirname(to)}` : error.code;
  return new ExitWith(EXIT.config, `Cannot write ${to}: ${why}.`);
}
