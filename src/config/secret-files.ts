import { join, resolve } from "node:path";
import { withoutInvisibleEnds } from "../domain/text.ts";
import { type ConfigPlaces, closedMode, readText, whyUnread } from "./file.ts";
import type { Problem } from "./problem.ts";

/** Secrets that were kept in files of their own. */
export interface SecretFiles {
  /** By the key they stand for (`telegram.token`). */
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

const owners = ["telegram", "grpc", "http"];

/**
 * Finds each token that `values` has not: in the file that its `token_file` names, else among systemd's credentials
 * (`$CREDENTIALS_DIRECTORY/telegram-token`, `grpc-token`, `http-token`). The line break at the end is not part of it.
 */
export function readSecretFiles(values: ReadonlyMap<string, unknown>, { env, cwd }: ConfigPlaces): SecretFiles {
  const found = new Map<string, string>();
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const owner of owners) {
    const key = `${owner}.token`;
    const given = values.get(`${key}_file`);
    const named = typeof given === "string" ? withoutInvisibleEnds(given) : "";
    if (values.get(key)) {
      if (named) warnings.push(`${key}_file is not read, because ${key} is set.`);
      continue;
    }
    const isNamed = named !== "";
    if (!isNamed && !env.CREDENTIALS_DIRECTORY) continue;
    const path = isNamed ? resolve(cwd, named) : join(env.CREDENTIALS_DIRECTORY ?? "", `${owner}-token`);
    const file = readText(path);
    if (file.ok) {
      found.set(key, file.text.replace(/\r?\n$/, ""));
      if (isNamed) warnings.push(...openToOthers(path));
    } else if (isNamed || file.code !== "ENOENT") {
      const problem = `${path}, ${whyUnread(file.code)}`;
      problems.push({ key: isNamed ? `${key}_file` : key, found: problem, expected: "a readable file" });
    }
  }
  return { values: found, problems, warnings };
}

/** The warning about a file that holds a secret and that others can read; none when they cannot. */
export function openToOthers(path: string): string[] {
  const mode = closedMode(path);
  return mode === undefined ? [] : [`Other users of this machine can read the token in ${path}: chmod ${mode} ${path}`];
}
