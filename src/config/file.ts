import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorCode } from "../domain/error-code.ts";
import { decodedText, withoutInvisibleEnds } from "../domain/text.ts";
import { type PipePatience, readPatiently, SILENT_PIPE } from "../patient-read.ts";
import { type CommandWords, type Mistakes, words } from "../words/words.ts";
import { isMapping } from "./keys.ts";
import type { Problem } from "./problem.ts";
import type { Environment } from "./sources.ts";
import { parseYaml } from "./yaml.ts";

/** Where to look for the sources of the config. */
export interface ConfigPlaces {
  /** The value of `--config`. */
  readonly path?: string | undefined;
  readonly env: Environment;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** The directory that is tried last; `/etc/dwld-bot` by default. */
  readonly systemDirectory?: string;
  /** The language of problems; English by default, as in the log. */
  readonly words?: CommandWords;
  /** How long to wait for pipes without data; some seconds by default. */
  readonly patience?: PipePatience;
}

/** The words for mistakes in that language. */
export function mistakesFor({ words: { mistakes } = words.en }: ConfigPlaces): Mistakes {
  return mistakes;
}

/** The content of the config file; without `path` there is no file, and the mapping is empty. */
export interface ConfigFile {
  readonly path: string | undefined;
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/** The paths that are tried if none is given. */
export function usualPaths({ cwd, systemDirectory = "/etc/dwld-bot" }: ConfigPlaces): readonly string[] {
  return [join(cwd, "config.yaml"), join(systemDirectory, "config.yaml")];
}

/** The config file that the operator names, by `--config` or else `$DWLD_BOT_CONFIG`; absolute. Undefined if neither does. */
export function namedPath({ path, env, cwd }: Pick<ConfigPlaces, "path" | "env" | "cwd">): string | undefined {
  const named = path ?? (withoutInvisibleEnds(env.DWLD_BOT_CONFIG ?? "") || undefined);
  return named === undefined ? undefined : resolve(cwd, named);
}

/** Reads the file that is named, or else the first of the usual paths that exists. */
export function readConfigFile(places: ConfigPlaces): ConfigFile {
  const mistakes = mistakesFor(places);
  const named = namedPath(places);
  for (const path of named === undefined ? usualPaths(places) : [named]) {
    const file = readText(path, places.patience);
    if (file.ok) return { path, ...readYaml(path, file.text, mistakes) };
    if (named === undefined && file.code === "ENOENT") continue;
    return { path, mapping: {}, problems: [unread(path, file.code, mistakes)] };
  }
  return { path: undefined, mapping: {}, problems: [] };
}

function unread(path: string, code: string, { found, expected: { yamlFile: expected }, hint }: Mistakes): Problem {
  if (code === "EISDIR") return { key: path, found: found.folder, expected, hint: hint.fileIsFolder };
  if (code === SILENT_PIPE) return { key: path, found: found.silentPipe, expected, hint: hint.silentPipe };
  if (code !== "ENOENT")
    return { key: path, found: found.unreadable(code), expected, ...hintForUnread(path, code, hint) };
  return { key: path, found: found.noFile, expected, hint: hint.noFile(path) };
}

function readYaml(path: string, text: string, said: Mistakes): Omit<ConfigFile, "path"> {
  if (text.includes("\0")) {
    const problem = { key: path, found: said.found.noText, expected: said.expected.yaml, hint: said.hint.noText };
    return { mapping: {}, problems: [problem] };
  }
  const yaml = parseYaml(text, said);
  const problems = yaml.mistakes.map(({ line, column, key, found, expected = said.expected.yaml, hint }) => ({
    key: key ?? said.found.place(path, line, column),
    found,
    expected,
    hint,
  }));
  const document = yaml.document ?? {};
  if (isMapping(document)) return { mapping: document, problems };
  const found = Array.isArray(document) ? said.found.list : said.found.ofType(typeof document);
  const whole = { key: said.found.place(path, 1), found, expected: said.expected.oneMapping };
  return { mapping: {}, problems: [...problems, whole] };
}

/** A file's text, or the system's error code (`ENOENT`). */
export type TextResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly code: string };

/** What to say about a file that could not be read because of `code`, and what to do about it. */
export function foundUnread(path: string, code: string, { found, hint }: Mistakes): Pick<Problem, "found" | "hint"> {
  if (code === "EISDIR") return { found: found.fileIsFolder(path) };
  if (code === "ENOENT") return { found: found.fileMissing(path), hint: hint.checkPath };
  if (code === SILENT_PIPE) return { found: found.fileSilentPipe(path), hint: hint.silentPipe };
  return { found: found.fileUnread(path, code), ...hintForUnread(path, code, hint) };
}

function hintForUnread(path: string, code: string, hint: Mistakes["hint"]): Pick<Problem, "hint"> {
  return code === "EACCES" ? { hint: hint.forbidden(path, process.getgid?.() ?? 0) } : {};
}

/** Reads a file that may not exist, or that may be a pipe to which nobody writes. */
export function readText(path: string, patience?: PipePatience): TextResult {
  try {
    return { ok: true, text: decodedText(readPatiently(path, patience)) };
  } catch (error) {
    return { ok: false, code: errorCode(error) ?? "unreadable" };
  }
}

/**
 * The mode that would keep others from reading the file; undefined if they cannot. A group that is not the reader's own is meant to read
 * it, as the bot's group reads root's config: without that the next start would fail.
 */
export function closedMode(path: string): "600" | "640" | undefined {
  const { mode, uid, gid } = statSync(path);
  const isForGroup = uid !== process.getuid?.() || gid !== process.getgid?.();
  if ((mode & (isForGroup ? 0o007 : 0o077)) === 0) return undefined;
  return isForGroup ? "640" : "600";
}
