import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { foldedName } from "../domain/downloader-name.ts";
import { errorCode } from "../domain/error-code.ts";
import { CODE_BYTES } from "../domain/join-code.ts";
import type { JoinAttempt, JoinRefusal } from "../domain/joining.ts";
import { makeOwnFolder, writeOwnFile } from "./own-file.ts";

/** How long a code is valid. */
const LASTING_MS = 3_600_000;
/** A code that ends later than this was made while the clock was ahead, nobody knows when. */
const FURTHEST_MS = 86_400_000;
/** Until then, a machine that comes too late is told why the code is no longer valid. */
const REMEMBERED_MS = 7 * 86_400_000;
/** After this many wrong secrets the code is gone; its 128 bits would withstand more. */
const MOST_TRIES = 5;

const machine = v.object({ certificate: v.string(), tokenDigest: v.string() });
const issued = v.object({
  name: v.string(),
  /** Only a digest, so that the file is of no use to whoever reads it. */
  secretDigest: v.string(),
  expiresAt: v.number(),
  tries: v.number(),
  usedBy: v.optional(machine),
});

/** What identifies a machine that has joined. */
export type Machine = v.InferOutput<typeof machine>;

/** The result of presenting a code. */
export type Redeemed =
  | { readonly ok: true; readonly name: string; readonly machine: Machine }
  | { readonly ok: false; readonly why: JoinRefusal };

/**
 * The codes that were given out, a file each, because the command that makes one is another process than the bot. Throws the system's
 * errors.
 */
export interface JoinCodes {
  /** Makes a new code for a name; earlier ones for it stop working. */
  issue(name: string): { readonly id: Buffer; readonly secret: Buffer };
  /** Gives the name to the first machine that presents the secret, and to no other. `isFit`: whether the machine can have the name. */
  redeem(attempt: JoinAttempt, isFit: (name: string) => boolean): Redeemed;
  drop(name: string): void;
}

export function createJoinCodes(folder: string, now: () => number): JoinCodes {
  const fileOf = (id: Buffer) => join(folder, `${id.toString("hex")}.json`);
  const write = (file: string, code: v.InferOutput<typeof issued>) => writeOwnFile(file, JSON.stringify(code));

  function read(file: string) {
    try {
      return v.parse(issued, JSON.parse(readFileSync(file, "utf8")));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  function dropWhere(isMeant: (code: v.InferOutput<typeof issued>) => boolean): void {
    makeOwnFolder(folder);
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      const code = read(join(folder, name));
      if (code !== undefined && isMeant(code)) rmSync(join(folder, name), { force: true });
    }
  }
  const drop = (name: string) => dropWhere((code) => foldedName(code.name) === foldedName(name));

  return {
    issue(name) {
      drop(name);
      dropWhere(({ expiresAt }) => expiresAt + REMEMBERED_MS < now());
      const [id, secret] = [randomBytes(CODE_BYTES.id), randomBytes(CODE_BYTES.secret)];
      write(fileOf(id), { name, secretDigest: digestOf(secret), expiresAt: now() + LASTING_MS, tries: 0 });
      return { id, secret };
    },
    redeem({ id, secret, certificate, token }, isFit) {
      const file = fileOf(id);
      const code = read(file);
      if (code === undefined) return { ok: false, why: "unknown" };
      if (!isDigestOf(secret, code.secretDigest)) {
        if (code.tries + 1 >= MOST_TRIES) rmSync(file, { force: true });
        else write(file, { ...code, tries: code.tries + 1 });
        return { ok: false, why: "unknown" };
      }
      const machine = { certificate, tokenDigest: digestOf(token) };
      // The answer may have been lost, so the machine asks again.
      const isAgain = code.usedBy?.certificate === certificate && isDigestOf(token, code.usedBy.tokenDigest);
      if (code.usedBy !== undefined && !isAgain) return { ok: false, why: "used" };
      const isValid = code.expiresAt >= now() && code.expiresAt <= now() + FURTHEST_MS;
      if (!isAgain && !isValid) return { ok: false, why: "expired" };
      if (!isFit(code.name)) return { ok: false, why: "unfit" };
      if (!isAgain) write(file, { ...code, usedBy: machine });
      return { ok: true, name: code.name, machine };
    },
    drop,
  };
}

function digestOf(secret: string | Buffer): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Takes the same time no matter how much of the secret is right. */
export function isDigestOf(secret: string | Buffer, digest: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(secret)), Buffer.from(digest));
}
