import { resolve } from "node:path";
import { isProgramSecret, NO_PROGRAM, parseProgramUrl, parseSetting, settingsWritten } from "../domain/program-kind.ts";
import { STRUCK } from "../domain/token.ts";
import { isSilentPipe, type PipePatience } from "../patient-read.ts";
import type { RemoteKind, RemoteKinds } from "./back-ends/registry.ts";
import type { Remote, RemoteOptions } from "./back-ends/remote.ts";
import type { DownloaderTexts } from "./locales/locales.ts";
import { textOf } from "./option-files.ts";

/** The program that the downloader hands links to. */
export interface BackEndChoice {
  readonly kind: RemoteKind;
  readonly options: RemoteOptions;
}

/** The chosen program, and sentences about options that were given with it but have no effect. */
export interface WrittenBackEnd extends BackEndChoice {
  readonly warnings: readonly string[];
}

/** The chosen program; makes no call yet. From then on the process can ask no other host through a proxy of the environment. */
export function remoteOf({ kind, options }: BackEndChoice): Remote {
  askWithoutProxy();
  return kind.create(options);
}

/** For a process that makes HTTP calls only to programs beside it: a proxy of the environment does not lead to them. */
export function askWithoutProxy(): void {
  process.env.NO_PROXY = process.env.no_proxy = "*";
}

const BELONGING = ["backend-url", "backend-user", "backend-secret-file", "backend-dir", "backend-option"] as const;
/** Options for which a program has settings of its own. */
const OF_ITSELF = ["concurrency", "rate", "min-free", "cookies", "yt-dlp", "yt-dlp-arg"] as const;

/**
 * Reads `--backend` and its options; undefined if the downloader downloads itself. A secret may come without a file, from whoever starts
 * the program. `problem` is called with what is wrong.
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
  const name = text("backend") ?? NO_PROGRAM;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) {
    if (name !== NO_PROGRAM) problem("backend", name, [NO_PROGRAM, ...Object.keys(kinds)].join(", "));
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
  // With the folder in which it was looked for: people may be in another folder than they think.
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

/** The secret in a file. `problem` is called with what is wrong. */
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

/** A given value, for a message. A password in front of an address must not get into a service's journal. */
function toldBack(key: string, given: string): string {
  return key === "backend-url" ? given.replace(/^([a-z]+:\/\/)?.*@/is, `$1${STRUCK}@`) : given;
}
