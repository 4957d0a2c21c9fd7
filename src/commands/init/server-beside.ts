import { dirname, join, resolve } from "node:path";
import { readText } from "../../config/file.ts";
import { isMapping } from "../../config/keys.ts";
import { NO_PROGRAM, programKind } from "../../domain/program-kind.ts";
import { downloaderTexts } from "../../downloader/locales/locales.ts";
import type { FoundProgram, Programs } from "../../downloader/programs.ts";
import type { CommandWords } from "../../words/words.ts";
import type { Terminal } from "./terminal.ts";

/** What the config is to say about the server beside the bot, and a file that it needs; nothing if none is wanted. */
export interface ServerBeside {
  readonly downloader?: Readonly<Record<string, unknown>>;
  /** `isNew`: there was no file with that name. */
  readonly secret?: { readonly path: string; readonly text: string; readonly isNew: boolean };
}

interface Question {
  readonly terminal: Terminal;
  readonly words: CommandWords;
  readonly programs: Programs;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** What `~` stands for. */
  readonly home: string | undefined;
  /** The path of the config that is to be written; a secret is kept beside it. */
  readonly output: string;
  /** What the config that is to be overwritten says about it. */
  readonly before: Readonly<Record<string, unknown>>;
}

const MOST_TRIES = 3;
const YES = /^(|y|yes|д|да)$/i;
/** qBittorrent's default, and Debian's for Transmission; the others have none. */
const USUAL_USER: Readonly<Record<string, string>> = { qbittorrent: "admin", transmission: "transmission" };

/**
 * Asks whether a server is to run beside the bot, and which: the one that the config had before, a program that is found on this machine,
 * or the bot's own, which needs a folder. A program is reported only once it has let us in. Writes no file.
 */
export async function askServerBeside(of: Question): Promise<ServerBeside> {
  const { terminal, programs, before, cwd, home } = of;
  const { init: words } = of.words;
  const was = spokenOf(before);
  if (was !== undefined && YES.test(await terminal.ask(words.askKeep(was)))) return { downloader: before };
  const found = await programs.find();
  for (;;) {
    if (found.length > 0) terminal.write(`${words.found(found)}\n`);
    const answer = await terminal.ask(found.length > 0 ? words.askProgramOrFolder : words.askFolder);
    if (answer === "") return {};
    const chosen = found[Number(answer) - 1];
    if (chosen === undefined) return { downloader: { dir: resolve(cwd, answer.replace(/^~(?=\/|$)/, home ?? "~")) } };
    const entered = await enter(chosen, of);
    if (entered !== undefined) return entered;
  }
}

/** What is said about a server that the config has; undefined if it has none. */
function spokenOf({ dir, backend }: Readonly<Record<string, unknown>>): string | undefined {
  const { kind = NO_PROGRAM, url = "" } = isMapping(backend) ? backend : {};
  if (kind !== NO_PROGRAM) return [kind, url].filter(Boolean).join(", ");
  return typeof dir === "string" && dir !== "" ? dir : undefined;
}

/** Asks for the login of the program, and tries it; undefined if it is not accepted, or the person declines. */
async function enter({ kind, name, url, isOpen }: FoundProgram, of: Question): Promise<ServerBeside | undefined> {
  const { terminal, programs, words } = of;
  const { init: said, language } = words;
  const path = join(dirname(of.output), `${kind}-secret`);
  const asksForUser = programKind(kind)?.asksFor === "user";
  const kept = readText(path);
  let secret = kept.ok ? kept.text.trim() || undefined : undefined;
  let isKept = secret !== undefined;
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const user =
      isOpen || !asksForUser ? undefined : (await terminal.ask(said.askUser(name, USUAL_USER[kind]))) || undefined;
    if (!isOpen && (tries > 1 || !isKept)) {
      secret = (await terminal.askHidden(said.askSecret(name))) || undefined;
      isKept = false;
      if (secret === undefined) return undefined;
    }
    const login = { kind, url, user, secret: isOpen ? undefined : secret };
    const found = await programs.ask(login);
    if (found.kind === "answers") {
      terminal.write(`${said.letsIn(found.what)}\n`);
      const backend = { kind, url, ...(user !== undefined && { user }), ...(!isOpen && { secret_file: path }) };
      const written =
        isOpen || isKept || secret === undefined ? {} : { secret: { path, text: secret, isNew: !kept.ok } };
      // People see this name: this machine's, the default, would tell them nothing.
      const { name: before } = of.before;
      return { downloader: { name: typeof before === "string" && before !== "" ? before : kind, backend }, ...written };
    }
    terminal.write(`${downloaderTexts[language].backEnd.noAnswer(name, found.detail)}\n`);
    if (found.why !== "shut") return undefined;
  }
  return undefined;
}
