import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { apiRoot, proxy } from "../../config/addresses.ts";
import { list } from "../../config/field.ts";
import { readText } from "../../config/file.ts";
import { telegramToken } from "../../config/secret-values.ts";
import { chatId } from "../../config/values.ts";
import type { Api } from "../../telegram/api/bot-api.ts";
import { type Endpoint, openEndpoints } from "../../telegram/api/endpoints.ts";
import { writeFileAtomically } from "../atomic-file.ts";
import { type CommandContext, giveToService, SERVICE_TOKEN } from "../command-context.ts";
import { EXIT, type Exit, ExitWith } from "../exit.ts";
import { renderConfig } from "../render-config.ts";
import { claimOwnership } from "./claim-ownership.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { verifyToken } from "./verify-token.ts";

/** What `init` is asked for, as it was written. */
export interface InitOptions {
  readonly output?: string | undefined;
  readonly admin?: readonly string[] | undefined;
  readonly tokenFile?: string | undefined;
  readonly apiRoot?: string | undefined;
  readonly force?: boolean | undefined;
}

const USUAL_ROOT = "https://api.telegram.org";
const MOST_TRIES = 3;

/**
 * Writes the smallest config that works, after Telegram has said that the token is right and who the owner is. Asks for
 * what the options do not say. Files are written at the very end. Throws `ExitWith`; then nothing was written.
 */
export async function init(options: InitOptions, context: CommandContext & { terminal?: Terminal }): Promise<Exit> {
  const { env, cwd, write, terminal = createTerminal(process.stdin, process.stdout) } = context;
  const output = resolve(cwd, options.output ?? "config.yaml");
  if (existsSync(output) && options.force !== true) {
    throw new ExitWith(EXIT.usage, `${output} exists already: --force writes over it, --output FILE names another.`);
  }
  const given = options.admin === undefined ? undefined : read(chatId(), options.admin, "--admin");
  const roots = read(apiRoot(), options.apiRoot ?? (env.DWLD_BOT_TELEGRAM_API_ROOTS || USUAL_ROOT), "--api-root");
  const proxies = read(proxy(), env.DWLD_BOT_TELEGRAM_PROXIES ?? [], "DWLD_BOT_TELEGRAM_PROXIES");
  if (given === undefined && !terminal.isThere) {
    throw new ExitWith(EXIT.usage, "There is no terminal to ask on: name your id with --admin ID.");
  }
  const tokenFile = options.tokenFile === undefined ? undefined : resolve(cwd, options.tokenFile);
  const kept = keptToken(tokenFile, env.DWLD_BOT_TELEGRAM_TOKEN);

  using endpoints = openEndpoints({ roots, proxies });
  const { token, api, username } = await enter(kept, { endpoints: endpoints.all, terminal });
  write(`Telegram knows the token: the bot is @${username}.\n`);
  if (given === undefined) terminal.write(`Now write anything to it: https://t.me/${username}\n`);
  const admins = given ?? [await claimOwnership({ api, terminal })];

  const isHandedOver = tokenFile === SERVICE_TOKEN;
  const text = renderConfig(
    {
      telegram: {
        ...(tokenFile === undefined ? { token } : isHandedOver ? {} : { token_file: tokenFile }),
        admins,
        api_roots: roots.length === 1 && roots[0] === USUAL_ROOT ? [] : roots,
        proxies,
      },
    },
    isHandedOver ? [`systemd hands over the token in ${SERVICE_TOKEN}.`] : [],
  );
  const newTokenFile = tokenFile !== undefined && !existsSync(tokenFile) ? tokenFile : undefined;
  if (newTokenFile !== undefined) writeFileAtomically(newTokenFile, `${token}\n`);
  try {
    writeFileAtomically(output, text, { force: options.force === true });
  } catch (error) {
    if (newTokenFile !== undefined) rmSync(newTokenFile, { force: true });
    throw error;
  }
  giveToService(output);
  write(`Wrote ${output}. Next: dwld-bot check --config ${output}\n`);
  return EXIT.stopped;
}

/** The token that need not be asked for. */
function keptToken(file: string | undefined, fromEnv: string | undefined): string | undefined {
  const found = file === undefined ? undefined : readText(file);
  if (found?.ok) return found.text.trim();
  if (found !== undefined && found.code !== "ENOENT") {
    throw new ExitWith(EXIT.config, `Cannot read ${file}: ${found.code}.`);
  }
  return fromEnv || undefined;
}

/** Finds out which bot the token belongs to; a wrong one that was typed may be typed again. */
async function enter(
  kept: string | undefined,
  { endpoints, terminal }: { endpoints: readonly Endpoint[]; terminal: Terminal },
): Promise<{ token: string; api: Api; username: string }> {
  if (kept === undefined && !terminal.isThere) {
    throw new ExitWith(
      EXIT.usage,
      "There is no terminal to ask on: name a file with the token with --token-file FILE.",
    );
  }
  for (let tries = 1; ; tries++) {
    const given = kept ?? (await terminal.askHidden("The bot's token, from @BotFather (it is not shown): "));
    const { success: looksRight, output } = v.safeParse(telegramToken(), given);
    const token = looksRight ? output : given;
    const verdict = looksRight ? await verifyToken(token, endpoints) : { kind: "unknown_token" as const };
    if (verdict.kind === "known") return { token, api: verdict.api, username: verdict.username };
    if (verdict.kind === "unreachable") {
      const todo = "Where it is blocked, set DWLD_BOT_TELEGRAM_PROXIES, or name another root with --api-root.";
      throw new ExitWith(EXIT.config, `Telegram cannot be reached (${verdict.problem}). ${todo}`);
    }
    const refused = looksRight ? "Telegram does not know this token" : "This is no token: it looks like 123456:ABC…";
    if (kept !== undefined || tries === MOST_TRIES) {
      throw new ExitWith(EXIT.config, `${refused}. @BotFather tells it with /token. Nothing was written.`);
    }
    terminal.write(`${refused}. @BotFather tells it with /token.\n`);
  }
}

/** Reads a list as the config would. */
function read<T>(entry: v.GenericSchema<unknown, T>, given: string | readonly string[], name: string): T[] {
  const parsed = v.safeParse(list(entry), Array.isArray(given) ? given.flatMap((one) => one.split(",")) : given);
  if (parsed.success) return parsed.output;
  const [{ received, expected }] = parsed.issues;
  throw new ExitWith(EXIT.usage, `${name}: found ${received}, expected ${expected}.`);
}
