import { chownSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Config, loadConfig } from "../config/config.ts";
import { readConfigFile } from "../config/file.ts";
import { isMapping } from "../config/keys.ts";
import type { Environment } from "../config/sources.ts";
import { withoutInvisibleEnds } from "../domain/text.ts";
import { type CommandWords, wordsFor } from "../words/words.ts";

/** The environment of a command that ends by itself. */
export interface CommandContext {
  readonly env: Environment;
  readonly cwd: string;
  /** Prints for the operator. */
  readonly write: (text: string) => unknown;
}

/** As in `dwld-bot.service`. */
const SERVICE = { config: "/etc/dwld-bot", state: "/var/lib/dwld-bot" };

/** The file from which systemd takes the service's token. */
export const SERVICE_TOKEN = join(SERVICE.config, "telegram-token");

/** Loads the config that is named or found, as the bot would read it. Throws `ConfigError`, in the language of `ownWords`. */
export function loadOwnConfig(path: string | undefined, context: CommandContext): Config {
  const { env, cwd } = context;
  const { path: file } = readConfigFile({ path, env, cwd });
  const words = ownWords(path, context);
  return loadConfig({ path, env: file === undefined ? env : environmentFor(file, env), cwd, words });
}

/** The words for a command about this config: in the language that it chooses, whatever else is wrong with it. */
export function ownWords(path: string | undefined, { env, cwd }: Omit<CommandContext, "write">): CommandWords {
  const { telegram } = readConfigFile({ path, env, cwd }).mapping;
  const chosen =
    withoutInvisibleEnds(env.DWLD_BOT_TELEGRAM_LANGUAGE ?? "") || (isMapping(telegram) ? telegram.language : undefined);
  return wordsFor(env, chosen === "ru" || chosen === "en" ? chosen : "auto");
}

/**
 * The environment for reading a config: an operator who uses the service's config means the service's database and tokens, which the bot
 * would get from systemd.
 */
export function environmentFor(file: string, env: Environment): Environment {
  if (dirname(file) !== SERVICE.config) return env;
  return { CREDENTIALS_DIRECTORY: SERVICE.config, STATE_DIRECTORY: SERVICE.state, ...env };
}

/** Lets the service read a config that root has written for it. Does nothing for any other file, or for other users. */
export function giveToService(file: string): void {
  if (dirname(file) !== SERVICE.config || process.getuid?.() !== 0) return;
  const owner = statSync(SERVICE.state, { throwIfNoEntry: false });
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
}
