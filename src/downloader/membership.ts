import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import { errorCode } from "../domain/error-code.ts";
import { syncToDisk } from "./sync.ts";

const membership = v.object({
  /** Of the code with which it joined, hexadecimal. */
  codeId: v.string(),
  name: v.string(),
  bot: v.object({ host: v.string(), port: v.number() }),
  /** PEM, like all of them. */
  botCertificate: v.string(),
  certificate: v.string(),
  key: v.string(),
  token: v.string(),
});

/** What this downloader and a bot recognise each other by since it has joined. */
export type Membership = v.InferOutput<typeof membership>;

/** Undefined if there is no such file. Throws the system's errors, and others for a file that is not ours. */
export function readMembership(path: string): Membership | undefined {
  try {
    return v.parse(membership, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The file is its owner's alone (0600), complete, and on the disk when this returns. Throws the system's errors. */
export function writeMembership(path: string, of: Membership): void {
  const part = `${path}.new`;
  writeFileSync(part, JSON.stringify(of), { mode: 0o600, flush: true });
  renameSync(part, path);
  syncToDisk(dirname(path));
}
