import * as v from "valibot";
import type { Language } from "../domain/chat.ts";
import type { Address } from "../domain/downloader.ts";
import type { JoinCode } from "../domain/join-code.ts";
import type { PipePatience } from "../patient-read.ts";
import { parseBackEnd, type WrittenBackEnd } from "./back-end-options.ts";
import { REMOTE_KINDS, type RemoteKinds } from "./back-ends/registry.ts";
import type { KnownBot } from "./bot-identity.ts";
import { type DownloaderTexts, downloaderTexts } from "./locales/locales.ts";
import { type Expected, optionSchema } from "./option-schema.ts";

/** The choices of whoever starts the downloader. */
export interface DownloaderOptions extends KnownBot {
  readonly name: string;
  readonly roots: readonly string[];
  /** Where the bot calls; port 0 takes any free one. */
  readonly listen: Address;
  /** The folder for the files: an absolute path. */
  readonly dir: string;
  /** The code with which this machine is to join a bot. */
  readonly join: JoinCode | undefined;
  /** The program that downloads for it; undefined: it downloads itself. */
  readonly backEnd: WrittenBackEnd | undefined;
  /** Whether the token may be sent over the Internet unencrypted. */
  readonly plainToken: boolean;
  /** Downloads at a time. */
  readonly concurrency: number;
  /** Bytes per second for each download; undefined: as fast as it comes. */
  readonly rate: number | undefined;
  /** Bytes that stay free on the disk. */
  readonly minFree: number;
  /** The program; undefined if there is none. */
  readonly ytDlp: string | undefined;
  /** For yt-dlp, in addition to ours. */
  readonly ytDlpArguments: readonly string[];
  /** A file for yt-dlp. */
  readonly cookies: string | undefined;
  /** Whether links may lead into private networks. */
  readonly allowPrivate: boolean;
  /** The language of what people read. */
  readonly language: Language;
  /** The names of the options that were given. */
  readonly given: readonly string[];
}

/** The options as written, by name. */
export type WrittenOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** `problems` are sentences for whoever wrote the options. */
export type ParsedOptions =
  | { readonly ok: true; readonly options: DownloaderOptions }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * `cwd` is where relative paths start, `language` that of what people read unless the options say otherwise, `backEndSecret` the secret of
 * the program that downloads, if it is in no file.
 */
export function parseOptions(
  written: WrittenOptions,
  of: {
    readonly cwd: string;
    readonly language: Language;
    readonly backEndSecret?: string | undefined;
    readonly kinds?: RemoteKinds;
    readonly patience?: PipePatience;
  },
): ParsedOptions {
  const texts = downloaderTexts[of.language];
  const parsed = v.safeParse(optionSchema(of), written);
  const problems = (parsed.issues ?? []).map((issue) => sentenceOn(issue, texts));
  const backEnd = parseBackEnd(written, {
    cwd: of.cwd,
    kinds: of.kinds ?? REMOTE_KINDS,
    secret: of.backEndSecret,
    patience: of.patience,
    texts,
    problem: (key, found, expected) => void problems.push(texts.problem({ key, found, expected })),
  });
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { output } = parsed;
  const { "tls-cert": cert, "tls-key": key } = output;
  return {
    ok: true,
    options: {
      name: output.name,
      roots: output.roots ?? backEnd?.kind.roots ?? ["*"],
      bot: output.bot,
      botCa: output["bot-ca"]?.pem,
      isBotPinned: false,
      tls: cert && key && { cert: cert.pem, key: key.pem },
      token: output["token-file"],
      plainToken: output["plain-token"],
      listen: output.listen,
      dir: output.dir,
      join: output.join ?? output["join-file"],
      backEnd,
      concurrency: output.concurrency,
      rate: output.rate,
      minFree: output["min-free"],
      ytDlp: output["yt-dlp"] ?? Bun.which("yt-dlp") ?? undefined,
      ytDlpArguments: output["yt-dlp-arg"],
      cookies: output.cookies,
      allowPrivate: output["allow-private"],
      language: output.language,
      given: Object.keys(written).filter((name) => written[name] !== undefined),
    },
  };
}

/** What is wrong with an option, for whoever wrote it. */
function sentenceOn(issue: v.BaseIssue<unknown>, texts: DownloaderTexts): string {
  const { message, input } = issue;
  const key = String(v.getDotPath(issue));
  // What was found is not repeated: even an incomplete code is a secret.
  if (message === "mistyped" || message === "newer") return texts.joining[message](key);
  const found = typeof input === "string" ? input : undefined;
  // Any other message is about a missing option, and only the folder is required.
  return texts.problem({ key, found, expected: texts.expected[isExpected(message, texts) ? message : "dir"] });
}

function isExpected(message: string, { expected }: DownloaderTexts): message is Expected {
  return Object.hasOwn(expected, message);
}
