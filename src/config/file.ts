import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodedText, withoutInvisibleEnds } from "../domain/text.ts";
import { isMapping } from "./keys.ts";
import type { Problem } from "./problem.ts";
import type { Environment } from "./sources.ts";
import { parseYaml } from "./yaml.ts";

/** Where to look for what the config is made of. */
export interface ConfigPlaces {
  /** The value of `--config`. */
  readonly path?: string | undefined;
  readonly env: Environment;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** Directory of the last resort; `/etc/dwld-bot`. */
  readonly systemDirectory?: string;
}

/** The config file's mapping; without `path` there is no file, and its mapping is empty. */
export interface ConfigFile {
  readonly path: string | undefined;
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
}

/** The paths that are tried when none is named. */
export function usualPaths({ cwd, systemDirectory = "/etc/dwld-bot" }: ConfigPlaces): readonly string[] {
  return [join(cwd, "config.yaml"), join(systemDirectory, "config.yaml")];
}

/** Reads `--config`, else `$DWLD_BOT_CONFIG`, else the first of the usual paths that exists. */
export function readConfigFile(places: ConfigPlaces): ConfigFile {
  const named = places.path ?? (withoutInvisibleEnds(places.env.DWLD_BOT_CONFIG ?? "") || undefined);
  for (const path of named === undefined ? usualPaths(places) : [resolve(places.cwd, named)]) {
    const file = readText(path);
    if (file.ok) return { path, ...readYaml(path, file.text) };
    if (named === undefined && file.code === "ENOENT") continue;
    return { path, mapping: {}, problems: [unread(path, file.code)] };
  }
  return { path: undefined, mapping: {}, problems: [] };
}

function unread(path: string, code: string): Problem {
  const expected = "a readable YAML file";
  if (code === "EISDIR") {
    const hint = `Name the file in it. Docker makes a folder of that name where the file of a volume is not there.`;
    return { key: path, found: "a folder", expected, hint };
  }
  if (code !== "ENOENT") return { key: path, found: `a file that cannot be read (${code})`, expected };
  return {
    key: path,
    found: "no such file",
    expected,
    hint: `Mind the name; dwld-bot init --output ${path} writes one.`,
  };
}

function readYaml(path: string, text: string): Omit<ConfigFile, "path"> {
  if (text.includes("\0")) {
    const hint = "Mind the name, and save it as UTF-8.";
    return { mapping: {}, problems: [{ key: path, found: "a file that is no text", expected: "YAML", hint }] };
  }
  const yaml = parseYaml(text);
  const problems = yaml.mistakes.map(({ line, column, key, found, expected = "YAML", hint }) => ({
    key: key ?? `${path}, line ${line}, column ${column}`,
    found,
    expected,
    hint,
  }));
  const document = yaml.document ?? {};
  if (isMapping(document)) return { mapping: document, problems };
  const found = Array.isArray(document) ? "a list" : `a ${typeof document}`;
  const expected = "one mapping, such as telegram: { token: …, admins: [1] }";
  return { mapping: {}, problems: [...problems, { key: `${path}, line 1`, found, expected }] };
}

/** A file's text, or the system's error code (`ENOENT`). */
export type TextResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly code: string };

/** Completes "FILE, …" for a file whose reading has failed so. */
export function whyUnread(code: string): string {
  return code === "EISDIR" ? "which is a folder" : `which cannot be read (${code})`;
}

/** Reads a file that may not be there. */
export function readText(path: string): TextResult {
  try {
    return { ok: true, text: decodedText(readFileSync(path)) };
  } catch (error) {
    return { ok: false, code: error instanceof Error && "code" in error ? String(error.code) : "unreadable" };
  }
}

/**
 * The mode that would keep others from reading the file; undefined when they are kept out. A group that is not just the
 * reader's own is meant to read it, as the bot reads root's config: without it the next start would fail.
 */
export function closedMode(path: string): "600" | "640" | undefined {
  const { mode, uid, gid } = statSync(path);
  const isForGroup = uid !== process.getuid?.() || gid !== process.getgid?.();
  if ((mode & (isForGroup ? 0o007 : 0o077)) === 0) return undefined;
  return isForGroup ? "640" : "600";
}
