import { resolve } from "node:path";
import { isProgramSecret, parseProgramUrl, parseSetting, settingsWritten } from "../domain/program-kind.ts";
import { STRUCK } from "../domain/token.ts";
import { isSilentPipe, type PipePatience } from "../patient-read.ts";
import type { RemoteKind, RemoteKinds } from "./back-ends/registry.ts";
import type { Remote, RemoteOptions } from "./back-ends/remote.ts";
import type { DownloaderTexts } from "./locales/locales.ts";
import { textOf } from "./written-files.ts";

/** The program that the downloader is to stand before. */
export interface BackEndChoice {
  readonly kind: RemoteKind;
  readonly options: RemoteOptions;
}

/** One that was chosen, and sentences about options that were given with it and mean nothing. */
export interface WrittenBackEnd extends BackEndChoice {
  readonly warnings: readonly string[];
}

/** The program that was chosen; calls nobody yet. Nobody else can be asked through a proxy of the environment from then on. */
export function remoteOf({ kind, options }: BackEndChoice): Remote {
  askWithoutProxy();
  return kind.create(options);
}

/** For a process that asks nobody over HTTP but programs beside it: a proxy of the environment does not lead to them. */
export function askWithoutProxy(): void {
  process.env.NO_PROXY = process.env.no_proxy = "*";
}

/** What downloads here, by yt-dlp and HTTP. */
const HERE = "auto";
const BELONGING = ["backend-url", "backend-user", "backend-secret-file", "backend-dir", "backend-option"] as const;
/** What a program has settings of its own for. */
const OF_ITSELF = ["concurrency", "rate", "min-free", "cookies", "yt-dlp", "yt-dlp-arg"] as const;

/**
 * Reads `--backend` and what belongs to it; undefined where the downloader downloads itself. A secret may come without a file,
 * from who starts the program. What is wrong is told to `problem`.
 */
export function parseBackEnd(
  written: Readonly<Record<string, unknown>>,
  of: {
    readonly cwd: string;
    readonly kinds: RemoteKinds;
    readonly secret: string | undefined;
    readonly patience: PipePatience | undefined;
    readonly texts: DownloaderTexts;
    readonly problem: (key: string, found: string, expected: string) => void;
  },
): WrittenBackEnd | undefined {
  const { kinds, texts, problem } = of;
  const text = (key: string) => (typeof written[key] === "string" ? written[key] : undefined);
  const name = text("backend") ?? HERE;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) {
    if (name !== HERE) problem("backend", name, [HERE, ...Object.keys(kinds)].join(", "));
    else
      for (const key of BELONGING)
        if (written[key] !== undefined) problem(key, toldBack(key, String(written[key])), texts.backEnd.needed);
    return undefined;
  }
  const url = parseProgramUrl(text("backend-url") ?? kind.defaultUrl);
  if (url === undefined) {
    problem("backend-url", toldBack("backend-url", text("backend-url") ?? ""), texts.backEnd.url(kind.defaultUrl));
    return undefined;
  }
  const named = text("backend-secret-file");
  // Where it was looked for, too: people are in another folder than they think.
  const file = named === undefined ? undefined : resolve(of.cwd, named);
  const secret = file === undefined ? of.secret : secretIn(file, of);
  const settings = new Map<string, string>();
  for (const setting of [written["backend-option"] ?? []].flat()) {
    const parsed = parseSetting(String(setting), kind);
    if (parsed !== undefined) settings.set(...parsed);
    else problem("backend-option", String(setting), texts.backEnd.settings(settingsWritten(kind)));
  }
  const user = kind.asksFor === "user" ? text("backend-user") : undefined;
  const warnings = OF_ITSELF.filter((key) => written[key] !== undefined).map((key) =>
    texts.backEnd.withoutMeaning(key, name),
  );
  if (user !== text("backend-user")) warnings.push(texts.backEnd.noUsers("backend-user", name));
  return { kind, options: { url, user, secret, dir: text("backend-dir"), settings }, warnings };
}

/** The secret in a file. What is wrong with it is told to `problem`. */
function secretIn(
  file: string,
  of: Pick<Parameters<typeof parseBackEnd>[1], "patience" | "texts" | "problem">,
): string | undefined {
  const { texts, problem } = of;
  try {
    const secret = textOf(file, of.patience);
    if (isProgramSecret(secret)) return secret;
    problem("backend-secret-file", file, texts.backEnd.secretFile);
  } catch (error) {
    if (!isSilentPipe(error)) throw error;
    problem("backend-secret-file", file, texts.expected.writtenPipe);
  }
  return undefined;
}

/** What was given, for a message. A service's journal is no place for a password that stands before an address. */
function toldBack(key: string, given: string): string {
  return key === "backend-url" ? given.replace(/^([a-z]+:\/\/)?.*@/is, `$1${STRUCK}@`) : given;
}
