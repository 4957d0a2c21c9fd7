import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { resolve } from "node:path";
import * as v from "valibot";
import type { Language } from "../domain/chat.ts";
import type { Address } from "../domain/downloader.ts";
import { parseDownloaderName } from "../domain/downloader-name.ts";
import { type JoinCode, parseJoinCode } from "../domain/join-code.ts";
import { parseRoot } from "../domain/route.ts";
import { parseSize } from "../domain/size.ts";
import { tokenIn } from "../domain/token.ts";
import { isSilentPipe, type PipePatience } from "../patient-read.ts";
import type { DownloaderTexts } from "./locales/locales.ts";
import { pemIn, textOf } from "./option-files.ts";

/** What an option should have been: the words for it are in `expected` of the texts. */
export type Expected = keyof DownloaderTexts["expected"];
/** What is wrong with a join code: the words for it are in `joining` of the texts. */
export type WrongCode = "mistyped" | "newer";

/** Where a code can be passed that should not be visible among the processes. */
const STDIN = 0;

/** The options by name. The message of an issue is an `Expected` or a `WrongCode`; of an option that is missing it is valibot's. */
export function optionSchema(of: {
  /** Where relative paths start. */
  readonly cwd: string;
  readonly language: Language;
  readonly patience?: PipePatience | undefined;
}) {
  const path = (text: string) => resolve(of.cwd, text);
  const textIn = (file: string) => textOf(path(file), of.patience);
  const certificateIn = (file: string) => pemIn(path(file), (pem) => new X509Certificate(pem), of.patience);
  const keyIn = (file: string) => pemIn(path(file), (pem) => createPrivateKey(pem), of.patience);
  const options = v.object({
    name: v.optional(value("name", parseDownloaderName), hostname()),
    roots: v.optional(value("roots", parseRoots)),
    bot: v.optional(value("address", parseAddress), "127.0.0.1:9999"),
    listen: v.optional(value("address", parseAddress), "127.0.0.1:50051"),
    dir: value("dir", path),
    "token-file": v.optional(value("token", (file) => tokenIn(textIn(file)))),
    "tls-cert": v.optional(value("certificate", certificateIn)),
    "tls-key": v.optional(value("key", keyIn)),
    "bot-ca": v.optional(value("certificate", certificateIn)),
    join: v.optional(code((text) => (text === "-" ? (textOf(STDIN) ?? "") : text))),
    "join-file": v.optional(code(textIn)),
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
  return v.pipe(
    options,
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
}

/** An option that `parse` understands; it returns undefined for any other text, and may throw for a pipe that nobody writes into. */
function value<T>(expected: Expected, parse: (text: string) => T | undefined) {
  return option<T>((text) => {
    const value = parse(text);
    return value === undefined ? { wrong: expected } : { value };
  });
}

/** The code in what `read` returns for the text of an option. */
function code(read: (text: string) => string | undefined) {
  return option<JoinCode>((given) => {
    const text = read(given);
    if (text === undefined) return { wrong: "file" };
    const parsed = parseJoinCode(text);
    return parsed.ok ? { value: parsed.code } : { wrong: parsed.why };
  });
}

function option<T>(read: (text: string) => { readonly value: T } | { readonly wrong: Expected | WrongCode }) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      try {
        const found = read(dataset.value);
        if ("value" in found) return found.value;
        addIssue({ message: found.wrong });
      } catch (error) {
        if (!isSilentPipe(error)) throw error;
        addIssue({ message: "writtenPipe" satisfies Expected });
      }
      return NEVER;
    }),
  );
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
