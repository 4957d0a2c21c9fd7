import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { resolve } from "node:path";
import * as v from "valibot";
import type { Language } from "../domain/chat.ts";
import type { Address } from "../domain/downloader.ts";
import { parseDownloaderName } from "../domain/downloader-name.ts";
import type { JoinCode } from "../domain/join-code.ts";
import { parseRoot } from "../domain/route.ts";
import { parseSize } from "../domain/size.ts";
import { tokenIn } from "../domain/token.ts";
import type { PipePatience } from "../patient-read.ts";
import { parseBackEnd, type WrittenBackEnd } from "./back-end-options.ts";
import { REMOTE_KINDS, type RemoteKinds } from "./back-ends/registry.ts";
import type { KnownBot } from "./bot-identity.ts";
import { codeIn } from "./join-option.ts";
import { downloaderTexts } from "./locales/locales.ts";
import { type Expected, value } from "./option-value.ts";
import { pemIn, textOf } from "./written-files.ts";

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

/** Where a code can be passed that should not be visible among the processes. */
const STDIN = 0;

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
  const path = (text: string) => resolve(of.cwd, text);
  const textIn = (file: string) => textOf(path(file), of.patience);
  const certificateIn = (file: string) => pemIn(path(file), (pem) => new X509Certificate(pem), of.patience);
  const keyIn = (file: string) => pemIn(path(file), (pem) => createPrivateKey(pem), of.patience);
  const entries = v.object({
    name: v.optional(value("name", parseDownloaderName), hostname()),
    roots: v.optional(value("roots", parseRoots)),
    bot: v.optional(value("address", parseAddress), "127.0.0.1:9999"),
    listen: v.optional(value("address", parseAddress), "127.0.0.1:50051"),
    dir: value("dir", path),
    "token-file": v.optional(value("token", (file) => tokenIn(textIn(file)))),
    "tls-cert": v.optional(value("certificate", certificateIn)),
    "tls-key": v.optional(value("key", keyIn)),
    "bot-ca": v.optional(value("certificate", certificateIn)),
    join: v.optional(codeIn((text) => (text === "-" ? (textOf(STDIN) ?? "") : text))),
    "join-file": v.optional(codeIn(textIn)),
    concurrency: v.optional(value("count", parseCount), "2"),
    rate: v.optional(value("rate", (text) => parseSize(text) || undefined)),
    "min-free": v.optional(value("size", parseSize), "1G"),
    "allow-private": v.optional(v.boolean(), false),
    "plain-token": v.optional(v.boolean(), false),
    "yt-dlp": v.optional(value("program", (file) => Bun.which(file, { cwd: of.cwd }) ?? undefined)),
    "yt-dlp-arg": v.optional(v.array(v.string()), []),
    cookies: v.optional(value("file", (file) => (textIn(file) === undefined ? undefined : path(file)))),
    language: v.optional(value("language", parseLanguage), of.language),
  });
  const schema = v.pipe(
    entries,
    v.forward(
      v.check(({ "tls-cert": cert, "tls-key": key }) => cert !== undefined || key === undefined, "certificate"),
      ["tls-cert"],
    ),
    v.forward(
      v.check(
        ({ "tls-cert": cert, "tls-key": key }) =>
          cert === undefined || (key !== undefined && cert.parsed.checkPrivateKey(key.parsed)),
        "ownKey",
      ),
      ["tls-key"],
    ),
  );
  const parsed = v.safeParse(schema, written);
  const texts = downloaderTexts[of.language];
  const wrong: string[] = [];
  const backEnd = parseBackEnd(written, {
    cwd: of.cwd,
    kinds: of.kinds ?? REMOTE_KINDS,
    secret: of.backEndSecret,
    patience: of.patience,
    texts,
    problem: (key, found, expected) => void wrong.push(texts.problem({ key, found, expected })),
  });
  if (!parsed.success || wrong.length > 0) {
    const problems = (parsed.issues ?? []).map((issue) => {
      const key = String(v.getDotPath(issue));
      // It is a secret, even if it is incomplete.
      if (issue.message === "mistyped" || issue.message === "newer") return texts.joining[issue.message](key);
      const found = typeof issue.input === "string" ? issue.input : undefined;
      // Only the folder is required.
      return texts.problem({ key, found, expected: texts.expected[isExpected(issue.message) ? issue.message : "dir"] });
    });
    return { ok: false, problems: [...problems, ...wrong] };
  }
  const {
    "token-file": token,
    "tls-cert": cert,
    "tls-key": key,
    "bot-ca": botCa,
    join,
    "join-file": codeOfFile,
    "min-free": minFree,
    "allow-private": allowPrivate,
    roots = backEnd?.kind.roots ?? ["*"],
    "plain-token": plainToken,
    rate,
    cookies,
    ...rest
  } = parsed.output;
  const { "yt-dlp": ytDlp = Bun.which("yt-dlp") ?? undefined, "yt-dlp-arg": ytDlpArguments, ...plain } = rest;
  const tls = cert && key && { cert: cert.pem, key: key.pem };
  const known = { token, plainToken, tls, botCa: botCa?.pem, isBotPinned: false, join: join ?? codeOfFile };
  const given = Object.keys(written).filter((name) => written[name] !== undefined);
  return {
    ok: true,
    options: { ...plain, ...known, roots, backEnd, given, minFree, allowPrivate, rate, cookies, ytDlp, ytDlpArguments },
  };

  function isExpected(text: string): text is Expected {
    return Object.hasOwn(downloaderTexts.en.expected, text);
  }
}

function parseRoots(text: string): readonly string[] | undefined {
  const roots = text.split(",").map((root) => root.trim());
  return roots.every((root) => parseRoot(root) !== undefined) ? roots : undefined;
}

function parseAddress(text: string): Address | undefined {
  const [, inBrackets, plain, digits] = /^(?:\[([^\]]+)\]|([a-z\d._-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  const host = inBrackets ?? plain;
  if (host === undefined || port > 65_535) return undefined;
  return inBrackets !== undefined && isIP(inBrackets) !== 6 ? undefined : { host, port };
}

function parseCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && count <= 64 ? count : undefined;
}

function parseLanguage(text: string): Language | undefined {
  return text === "en" || text === "ru" ? text : undefined;
}
