import { join, resolve } from "node:path";
import * as v from "valibot";
import type { Mistakes } from "../words/words.ts";
import { keysWithoutMeaning } from "./back-end.ts";
import { type ConfigPlaces, mistakesFor, readConfigFile, usualPaths } from "./file.ts";
import { configKeys } from "./keys.ts";
import { ConfigError, type Problem, shown } from "./problem.ts";
import { configSchema } from "./schema.ts";
import { openToOthers, readSecretFiles } from "./secret-files.ts";
import { SECRETS } from "./secrets.ts";
import { nest, readEnvironment, readMapping } from "./sources.ts";

/**
 * The whole config: keys as in `config.example.yaml`, durations in ms, listen addresses parsed, `time_zone` filled in, and paths absolute,
 * except those of `downloader` that its own process reads (`cookies`, `yt_dlp`, `backend`).
 */
export type Config = v.InferOutput<typeof configSchema> & {
  /** The config file, if there is one. */
  readonly file: string | undefined;
  /** Sentences for the operator about what is allowed but unwise. */
  readonly warnings: readonly string[];
};

/**
 * Reads the config from its sources, later ones winning: defaults, file, environment. A token that is in none of them comes from its
 * `token_file`, or else from systemd's credentials. Throws a `ConfigError` with all problems.
 */
export function loadConfig(places: ConfigPlaces): Config {
  const mistakes = mistakesFor(places);
  const file = readConfigFile(places);
  if (file.path !== undefined && file.problems.length > 0 && Object.keys(file.mapping).length === 0) {
    throw new ConfigError(mistakes.heading.unreadable, file.problems, mistakes);
  }
  const fromFile = readMapping(file.mapping, mistakes);
  const fromEnv = readEnvironment(places.env, mistakes);
  const given = new Map([...fromFile.values, ...fromEnv.values]);
  const secrets = readSecretFiles(given, places);

  const result = v.safeParse(configSchema, nest(new Map([...given, ...secrets.values])), {
    lang: places.words?.language ?? "en",
  });
  const inFiles = new Set(secrets.problems.map(({ key }) => key.replace(/_file$/, "")));
  const problems = [
    ...file.problems,
    ...fromFile.problems,
    ...fromEnv.problems,
    ...secrets.problems,
    ...(result.issues ?? [])
      .map((issue) => problemOf(issue, { variables: fromEnv.values, files: secrets.files, mistakes }))
      .filter(({ key }) => !inFiles.has(key)),
  ];
  if (!result.success || problems.length > 0) {
    const { none, wrong } = mistakes.heading;
    throw new ConfigError(file.path === undefined ? none(usualPaths(places)) : wrong(file.path), problems, mistakes);
  }
  const hasSecret = SECRETS.some(({ key }) => fromFile.values.get(key));
  const opened = file.path !== undefined && hasSecret ? openToOthers(file.path, mistakes) : [];
  const { kind } = result.output.downloader.backend;
  const ignored = keysWithoutMeaning(kind, given, mistakes);
  return {
    ...absolute(result.output, places),
    file: file.path,
    warnings: [...opened, ...secrets.warnings, ...ignored],
  };
}

/** The keys of list entries that are mappings. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  folders: ["name", "tags", "topics"],
  "grpc.downloaders": ["name", "ca"],
  routes: ["match", "downloaders"],
  "dispatch.windows": ["match", "downloaders", "open"],
};

/** An issue of the schema in the operator's words; they name the variable or the file that the value came from. */
function problemOf(
  issue: v.BaseIssue<unknown>,
  of: {
    readonly variables: ReadonlyMap<string, unknown>;
    readonly files: ReadonlyMap<string, string>;
    readonly mistakes: Mistakes;
  },
): Problem {
  const { variables, files, mistakes } = of;
  const key = (issue.path ?? []).reduce((path, { key: part }) => {
    if (typeof part === "number") return `${path}[${part}]`;
    return path === "" ? String(part) : `${path}.${part}`;
  }, "");
  const source = configKeys().find(({ name }) => variables.has(name) && (key === name || key.startsWith(`${name}[`)));
  const file = files.get(key);
  function where(found: string): string {
    if (file !== undefined) return mistakes.found.inFile(found, file);
    return source === undefined ? found : mistakes.found.inVariable(found, source.variable);
  }
  if (issue.kind === "schema") {
    // The rest of the shape is checked when the file is read.
    const found = issue.expected === "never" ? mistakes.found.unknownKey : shown(issue.input, mistakes);
    return { key, found: where(found), expected: mistakes.expected.mappingOf(INSIDE[key.split("[")[0] ?? ""] ?? []) };
  }
  const hint = issue.message === "" ? {} : { hint: issue.message };
  return { key, found: where(issue.received), expected: issue.expected ?? "", ...hint };
}

/** Relative paths are resolved against the working directory; the default database is in systemd's state directory, if there is one. */
function absolute(config: v.InferOutput<typeof configSchema>, { env, cwd }: ConfigPlaces) {
  const stateDirectory = env.STATE_DIRECTORY?.split(":")[0];
  const isDefault = config.store.path === configKeys().find(({ name }) => name === "store.path")?.fallback;
  const path = isDefault && stateDirectory ? join(stateDirectory, config.store.path) : resolve(cwd, config.store.path);
  const { cert, key, client_ca, listen } = config.grpc.tls;
  const inDirectory = (file: string) => (file === "" ? "" : resolve(cwd, file));
  const tls = { listen, cert: inDirectory(cert), key: inDirectory(key), client_ca: inDirectory(client_ca) };
  const downloader = { ...config.downloader, dir: inDirectory(config.downloader.dir) };
  const downloaders = config.grpc.downloaders.map((one) => ({ ...one, ca: resolve(cwd, one.ca) }));
  return { ...config, grpc: { ...config.grpc, tls, downloaders }, store: { path }, downloader };
}
