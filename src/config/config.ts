import { join, resolve } from "node:path";
import * as v from "valibot";
import { type ConfigPlaces, readConfigFile, usualPaths } from "./file.ts";
import { configKeys } from "./keys.ts";
import { ConfigError, type Problem, shown } from "./problem.ts";
import { configSchema } from "./schema.ts";
import { openToOthers, readSecretFiles } from "./secret-files.ts";
import { nest, readEnvironment, readMapping } from "./sources.ts";

/**
 * The whole config: keys as in `config.example.yaml`, durations in ms, listen addresses taken apart, `time_zone` named,
 * paths absolute.
 */
export type Config = v.InferOutput<typeof configSchema> & {
  /** The config file, if there is one. */
  readonly file: string | undefined;
  /** Sentences for the operator about what is allowed but unwise. */
  readonly warnings: readonly string[];
};

/**
 * Reads the config from its sources, later ones winning: defaults, file, environment; a token that neither has comes from
 * its `token_file`, else from systemd's credentials. Throws a `ConfigError` with every problem.
 */
export function loadConfig(places: ConfigPlaces): Config {
  const file = readConfigFile(places);
  const heading =
    file.path === undefined
      ? `No config file: looked for ${usualPaths(places).join(" and ")}. dwld-bot init writes one; --config names another`
      : undefined;
  if (file.path !== undefined && file.problems.length > 0 && Object.keys(file.mapping).length === 0) {
    throw new ConfigError("The config file cannot be used:", file.problems);
  }
  const fromFile = readMapping(file.mapping);
  const fromEnv = readEnvironment(places.env);
  const given = new Map([...fromFile.values, ...fromEnv.values]);
  const secrets = readSecretFiles(given, places);

  const result = v.safeParse(configSchema, nest(new Map([...given, ...secrets.values])));
  const inFiles = new Set(secrets.problems.map(({ key }) => key.replace(/_file$/, "")));
  const problems = [
    ...file.problems,
    ...fromFile.problems,
    ...fromEnv.problems,
    ...secrets.problems,
    ...(result.issues ?? []).map((issue) => problemOf(issue, fromEnv.values)).filter(({ key }) => !inFiles.has(key)),
  ];
  if (!result.success || problems.length > 0) {
    throw new ConfigError(heading ?? `The config in ${file.path} cannot be used:`, problems);
  }
  const hasSecret = ["telegram.token", "grpc.token", "http.token"].some((key) => fromFile.values.get(key));
  const opened = file.path !== undefined && hasSecret ? openToOthers(file.path) : [];
  return {
    ...absolute(result.output, places),
    file: file.path,
    warnings: [...opened, ...secrets.warnings],
  };
}

/** An issue of the schema in the operator's words; `fromEnv` tells which values came from a variable. */
function problemOf(issue: v.BaseIssue<unknown>, fromEnv: ReadonlyMap<string, unknown>): Problem {
  const key = (issue.path ?? []).reduce((path, { key: part }) => {
    if (typeof part === "number") return `${path}[${part}]`;
    return path === "" ? String(part) : `${path}.${part}`;
  }, "");
  const source = configKeys().find(({ name }) => fromEnv.has(name) && (key === name || key.startsWith(`${name}[`)));
  const where = source === undefined ? "" : ` in ${source.variable}`;
  if (issue.kind === "schema") {
    // Only a route is a mapping of its own; the rest of the shape is checked when the file is read.
    const found = issue.expected === "never" ? "an unknown key" : shown(issue.input);
    return { key, found: found + where, expected: "a mapping of match and downloaders" };
  }
  const hint = issue.message === "" ? {} : { hint: issue.message };
  return { key, found: issue.received + where, expected: issue.expected ?? "", ...hint };
}

/** Relative paths start in the working directory; the default database lives in systemd's state directory, if there is one. */
function absolute(config: v.InferOutput<typeof configSchema>, { env, cwd }: ConfigPlaces) {
  const stateDirectory = env.STATE_DIRECTORY?.split(":")[0];
  const isDefault = config.store.path === configKeys().find(({ name }) => name === "store.path")?.fallback;
  const path = isDefault && stateDirectory ? join(stateDirectory, config.store.path) : resolve(cwd, config.store.path);
  const { cert, key, client_ca } = config.grpc.tls;
  const inDirectory = (file: string) => (file === "" ? "" : resolve(cwd, file));
  const tls = { cert: inDirectory(cert), key: inDirectory(key), client_ca: inDirectory(client_ca) };
  return { ...config, grpc: { ...config.grpc, tls }, store: { path } };
}
