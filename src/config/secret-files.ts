import { join, resolve } from "node:path";
import { NO_PROGRAM } from "../domain/program-kind.ts";
import { withoutInvisibleEnds } from "../domain/text.ts";
import type { Mistakes } from "../words/words.ts";
import { type ConfigPlaces, closedMode, foundUnread, mistakesFor, readText } from "./file.ts";
import type { Problem } from "./problem.ts";
import { SECRETS } from "./secrets.ts";

/** Secrets that are kept in their own files. */
export interface SecretFiles {
  /** By the key that they stand for (`telegram.token`). */
  readonly values: ReadonlyMap<string, string>;
  /** By the same key: the file in which the operator finds the value. */
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Where systemd keeps the credentials of a service (systemd.exec(5)). They are copies: operators edit the originals. */
const HANDED_OVER = "/run/credentials/";
/** The folder of the originals, as in `dwld-bot.service`. */
const HANDED_OVER_FROM = "/etc/dwld-bot";

/**
 * Finds each secret that is not in `values`: in the file that its `token_file` names, or else among systemd's credentials
 * (`$CREDENTIALS_DIRECTORY/telegram-token`, `grpc-token`, `http-token`, `backend-secret`). The final line break is not part of it.
 */
export function readSecretFiles(values: ReadonlyMap<string, unknown>, places: ConfigPlaces): SecretFiles {
  const { env, cwd } = places;
  const mistakes = mistakesFor(places);
  const read = new Map<string, string>();
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const hasProgram = (values.get("downloader.backend.kind") ?? NO_PROGRAM) !== NO_PROGRAM;
  for (const { key, credential, ...secret } of SECRETS) {
    // If no program downloads, the credential may be another service's.
    if (secret.isOfProgram && !hasProgram) continue;
    const given = values.get(`${key}_file`);
    const named = typeof given === "string" ? withoutInvisibleEnds(given) : "";
    if (values.get(key)) {
      if (named) warnings.push(mistakes.warning.notRead(key));
      continue;
    }
    const isNamed = named !== "";
    if (!isNamed && !env.CREDENTIALS_DIRECTORY) continue;
    const path = isNamed ? resolve(cwd, named) : join(env.CREDENTIALS_DIRECTORY ?? "", credential);
    const file = readText(path, places.patience);
    if (file.ok && isNamed && withoutInvisibleEnds(file.text) === "") {
      // For telegram.token the schema would report this; for the others an empty file would go unnoticed and mean no token.
      const hint = secret.hint && { hint: mistakes.hint[secret.hint] };
      const found = mistakes.found.inFile(mistakes.found.nothing, path);
      problems.push({ key: `${key}_file`, found, expected: mistakes.expected[secret.expected], ...hint });
    } else if (file.ok) {
      read.set(key, file.text.replace(/\r?\n$/, ""));
      files.set(key, !isNamed && path.startsWith(HANDED_OVER) ? join(HANDED_OVER_FROM, credential) : path);
      if (isNamed) warnings.push(...openToOthers(path, mistakes, secret.warning));
    } else if (isNamed || file.code !== "ENOENT") {
      const flaw = foundUnread(path, file.code, mistakes);
      problems.push({ key: isNamed ? `${key}_file` : key, expected: mistakes.expected.file, ...flaw });
    }
  }
  return { values: read, files, problems, warnings };
}

/** A warning if others can read a file that holds a secret. */
export function openToOthers(path: string, { warning }: Mistakes, kind: "open" | "openSecret" = "open"): string[] {
  const mode = closedMode(path);
  return mode === undefined ? [] : [warning[kind](path, mode)];
}
