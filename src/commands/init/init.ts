import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { apiRoot, proxy } from "../../config/addresses.ts";
import { list } from "../../config/field.ts";
import { readConfigFile, readText } from "../../config/file.ts";
import { isMapping } from "../../config/keys.ts";
import { telegramToken } from "../../config/secret-values.ts";
import { chatId } from "../../config/values.ts";
import { type Programs, programsOf } from "../../downloader/programs.ts";
import type { Api } from "../../telegram/api/bot-api.ts";
import { type Endpoint, openEndpoints } from "../../telegram/api/endpoints.ts";
import { type CommandWords, wordsFor } from "../../words/words.ts";
import { writeFileAtomically } from "../atomic-file.ts";
import { type CommandContext, giveToService, SERVICE_TOKEN } from "../command-context.ts";
import { EXIT, type Exit, ExitWith } from "../exit.ts";
import { pair } from "../pair.ts";
import { renderConfig } from "../render-config.ts";
import { verifyToken } from "../verify-token.ts";
import { claimOwnership } from "./claim-ownership.ts";
import { askServerBeside, type ServerBeside } from "./server-beside.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** What `init` is to do, as it was written. */
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
 * Writes the smallest config that works, after Telegram has said that the token is right and who the owner is. Asks for what the options
 * do not say; if nobody can be asked, it begins a pairing. Files are written at the very end. Throws `ExitWith`; then nothing was written,
 * or only the pairing is missing.
 */
export async function init(
  options: InitOptions,
  context: CommandContext & { terminal?: Terminal; programs?: Programs },
): Promise<Exit> {
  const { env, cwd, write, programs = programsOf() } = context;
  const words = wordsFor(env);
  const { terminal = createTerminal(process.stdin, process.stdout, words.init) } = context;
  const output = resolve(cwd, options.output ?? "config.yaml");
  if (existsSync(output) && options.force !== true) {
    throw new ExitWith(EXIT.usage, words.init.exists(output));
  }
  const given = options.admin === undefined ? undefined : read(chatId(), options.admin, { name: "--admin", words });
  const givenRoots = options.apiRoot ?? (env.DWLD_BOT_TELEGRAM_API_ROOTS || USUAL_ROOT);
  const roots = read(apiRoot(), givenRoots, { name: "--api-root", words });
  const proxies = read(proxy(), env.DWLD_BOT_TELEGRAM_PROXIES ?? [], { name: "DWLD_BOT_TELEGRAM_PROXIES", words });
  // If nobody can confirm that it was them who wrote, whoever has read the code is the owner.
  const isPaired = given === undefined && !terminal.isThere;
  const tokenFile = options.tokenFile === undefined ? undefined : resolve(cwd, options.tokenFile);
  const kept = keptToken(tokenFile, env.DWLD_BOT_TELEGRAM_TOKEN, words);

  using endpoints = openEndpoints({ roots, proxies });
  const { token, api, username } = await enter(kept, { endpoints: endpoints.all, terminal, words: words.init });
  write(`${words.init.known(username)}\n`);
  if (given === undefined && !isPaired) terminal.write(`${words.init.write(`https://t.me/${username}`)}\n`);
  const owner = given ?? (isPaired ? [] : [await claimOwnership({ api, terminal, words: words.init })]);

  // Under systemd, a downloader is a service of its own.
  const isAsked = given === undefined && !isPaired && tokenFile !== SERVICE_TOKEN;
  const { downloader: before } = existsSync(output) ? readConfigFile({ path: output, env, cwd }).mapping : {};
  const beside = isAsked
    ? await askServerBeside({
        ...{ terminal, words, programs, cwd, output },
        home: env.HOME,
        before: isMapping(before) ? before : {},
      })
    : {};
  const { downloader, secret } = beside;
  const text = configText({ token, tokenFile, admins: owner, roots, proxies, downloader, isPaired }, words.config);
  const isTokenNew = tokenFile !== undefined && !existsSync(tokenFile);
  writeAll(
    [
      ...(isTokenNew ? [{ path: tokenFile, text: `${token}\n`, isNew: true }] : []),
      // An old secret was tried first, and the program did not accept it.
      ...(secret === undefined ? [] : [{ ...secret, text: `${secret.text}\n` }]),
      { path: output, text, isNew: options.force !== true },
    ],
    words.files,
  );
  giveToService(output);
  write(`${words.init.wrote(output)}\n`);
  return isPaired ? pair({ config: output }, context) : EXIT.stopped;
}

/** The config with what is now known; everything else has its default. */
function configText(
  of: {
    readonly token: string;
    readonly tokenFile: string | undefined;
    readonly admins: readonly number[];
    readonly roots: readonly string[];
    readonly proxies: readonly string[];
    readonly downloader: ServerBeside["downloader"];
    /** Nobody is an admin yet: somebody will be, by a pairing. */
    readonly isPaired: boolean;
  },
  words: CommandWords["config"],
): string {
  const { token, tokenFile, admins, roots, proxies, downloader, isPaired } = of;
  const isHandedOver = tokenFile === SERVICE_TOKEN;
  const ofToken = tokenFile === undefined ? { token } : isHandedOver ? {} : { token_file: tokenFile };
  const isUsualRoot = roots.length === 1 && roots[0] === USUAL_ROOT;
  const telegram = { ...ofToken, admins, api_roots: isUsualRoot ? [] : roots, proxies };
  const notes = [...(isHandedOver ? [words.handedOver(SERVICE_TOKEN)] : []), ...(isPaired ? [words.paired] : [])];
  return renderConfig({ telegram, ...(downloader && { downloader }) }, words, notes);
}

/** Writes these files in order; one that `isNew` must not exist. If one cannot be written, the new ones before it are deleted. */
function writeAll(
  files: readonly { readonly path: string; readonly text: string; readonly isNew: boolean }[],
  words: CommandWords["files"],
): void {
  const made: string[] = [];
  try {
    for (const { path, text, isNew } of files) {
      writeFileAtomically(path, text, { words, force: !isNew });
      if (isNew) made.push(path);
    }
  } catch (error) {
    for (const path of made) rmSync(path, { force: true });
    throw error;
  }
}

/** The token, if it need not be asked for. */
function keptToken(file: string | undefined, fromEnv: string | undefined, { files }: CommandWords): string | undefined {
  const found = file === undefined ? undefined : readText(file);
  if (found?.ok) return found.text.trim();
  if (file !== undefined && found !== undefined && found.code !== "ENOENT") {
    throw new ExitWith(EXIT.config, files.unread(file, found.code));
  }
  return fromEnv || undefined;
}

/** Finds out to which bot the token belongs; a wrong one that was typed may be typed again. */
async function enter(
  kept: string | undefined,
  { endpoints, terminal, words }: { endpoints: readonly Endpoint[]; terminal: Terminal; words: CommandWords["init"] },
): Promise<{ token: string; api: Api; username: string }> {
  if (kept === undefined && !terminal.isThere) {
    throw new ExitWith(EXIT.usage, words.needsToken);
  }
  for (let tries = 1; ; tries++) {
    const given = kept ?? (await terminal.askHidden(words.askToken));
    const { success: looksRight, output } = v.safeParse(telegramToken(), given);
    const token = looksRight ? output : given;
    const verdict = looksRight ? await verifyToken(token, endpoints) : { kind: "unknown_token" as const };
    if (verdict.kind === "known") return { token, api: verdict.api, username: verdict.username };
    if (verdict.kind === "unreachable") {
      throw new ExitWith(EXIT.config, words.unreachable(verdict.problem));
    }
    const refused = `${looksRight ? words.unknownToken : words.noToken} ${words.tokenAdvice}`;
    if (kept !== undefined || tries === MOST_TRIES) {
      throw new ExitWith(EXIT.config, `${refused} ${words.nothingWritten}`);
    }
    terminal.write(`${refused}\n`);
  }
}

/** Reads a list as the config would. */
function read<T>(
  entry: v.GenericSchema<unknown, T>,
  given: string | readonly string[],
  { name, words }: { readonly name: string; readonly words: CommandWords },
): T[] {
  const parsed = v.safeParse(list(entry), Array.isArray(given) ? given.flatMap((one) => one.split(",")) : given, {
    lang: words.language,
  });
  if (parsed.success) return parsed.output;
  const [{ received, expected }] = parsed.issues;
  throw new ExitWith(EXIT.usage, `${words.mistakes.sentence(name, received, expected ?? "")}.`);
}
