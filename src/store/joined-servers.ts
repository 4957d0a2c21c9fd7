import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, parse } from "node:path";
import * as v from "valibot";
import { foldedName } from "../domain/downloader-name.ts";
import { errorCode } from "../domain/error-code.ts";
import type { JoinedServers } from "../domain/joining.ts";
import type { Identity } from "../domain/tls.ts";
import { giveName } from "./copy.ts";
import { createJoinCodes, isDigestOf, type JoinCodes } from "./join-codes.ts";
import { makeOwnFolder, writeOwnFile } from "./own-file.ts";

const server = v.object({ name: v.string(), certificate: v.string(), tokenDigest: v.string(), joinedAt: v.number() });

const ownPair = v.object({ cert: v.string(), key: v.string() });

/** A file that identifies a joined server does not contain what was written. */
export class JoinedUnreadable extends Error {
  override readonly name = "JoinedUnreadable";
  readonly path: string;
  /** The system's error code; undefined if the file can be read, but its content has changed. */
  readonly code: string | undefined;

  constructor(path: string, cause: unknown) {
    const code = errorCode(cause);
    super(`Cannot read ${path}, which identifies a joined server: ${code ?? "its content has changed"}`, { cause });
    this.path = path;
    this.code = code;
  }
}

/** The same, and what changes it. */
export interface JoinedFiles extends JoinedServers {
  readonly codes: JoinCodes;
  /** The bot's identity, which `create` makes if there is none yet. Throws the system's errors. */
  ownIdentity(create: () => Promise<Identity>): Promise<Identity>;
}

/**
 * The folder beside a database that identifies its servers. Its name does not begin with that of the database's file, so that it stays
 * when a damaged database is moved aside, or a backup is restored.
 */
export function joinedBeside(database: string): string {
  const { dir, name } = parse(database);
  return join(dir, `${name}.joined`);
}

/**
 * Reads who has joined from a folder, which is created when the first server does: the bot's identity, the codes and the servers, a file
 * each. Throws `JoinedUnreadable`: a server that was left out would be called in the clear.
 */
export function openJoinedServers(folder: string, now: () => number): JoinedFiles {
  const own = join(folder, "bot.json");
  const servers = join(folder, "servers");
  const codes = createJoinCodes(join(folder, "codes"), now);
  const fileOf = (name: string) => join(servers, `${digestOf(foldedName(name))}.json`);
  const byName = new Map(
    (existsSync(servers) ? readdirSync(servers) : [])
      .filter((name) => name.endsWith(".json"))
      .map((name) => readOwn(join(servers, name), server))
      .map((server) => [foldedName(server.name), server]),
  );
  // Most fleets have none, and each registration asks.
  const find = (name: string) => (byName.size === 0 ? undefined : byName.get(foldedName(name)));

  let kept: Identity | undefined;

  /** It never changes. */
  function identity(): Identity | undefined {
    if (kept === undefined && existsSync(own)) {
      const { cert, key } = readOwn(own, ownPair);
      kept = { cert: Buffer.from(cert), key: Buffer.from(key) };
    }
    return kept;
  }

  return {
    identity,
    codes,
    async ownIdentity(create) {
      const known = identity();
      if (known !== undefined) return known;
      const { cert, key } = await create();
      makeOwnFolder(folder);
      const part = `${own}.${process.pid}`;
      writeOwnFile(part, JSON.stringify({ cert: `${cert}`, key: `${key}` }));
      try {
        giveName(part, own);
      } catch (error) {
        // Somebody else was faster, and has given out the fingerprint of theirs.
        if (errorCode(error) !== "EEXIST") throw error;
      } finally {
        rmSync(part, { force: true });
      }
      return identity() ?? { cert, key };
    },
    join(attempt) {
      const redeemed = codes.redeem(attempt, (name) => isMadeOutTo(name, attempt.certificate));
      if (!redeemed.ok) return redeemed;
      makeOwnFolder(servers);
      const joined = { name: redeemed.name, ...redeemed.machine, joinedAt: now() };
      writeOwnFile(fileOf(joined.name), JSON.stringify(joined));
      byName.set(foldedName(joined.name), joined);
      return { ok: true, name: joined.name };
    },
    all: () => [...byName.values()],
    has: (name) => find(name) !== undefined,
    isShownBy(authorization, name) {
      const digest = find(name)?.tokenDigest;
      const shown = /^bearer +(.+)$/i.exec(authorization ?? "")?.[1];
      return digest !== undefined && shown !== undefined && isDigestOf(shown, digest);
    },
    tlsOf(name) {
      const joined = find(name);
      return joined && { ca: Buffer.from(joined.certificate), identity: identity() };
    },
    remove(name) {
      if (existsSync(folder)) codes.drop(name);
      rmSync(fileOf(name), { force: true });
      byName.delete(foldedName(name));
    },
  };
}

function readOwn<T>(path: string, schema: v.GenericSchema<unknown, T>): T {
  try {
    return v.parse(schema, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new JoinedUnreadable(path, error);
  }
}

function isMadeOutTo(name: string, certificate: string): boolean {
  const [commonName] = [new X509Certificate(certificate).toLegacyObject().subject.CN].flat();
  return commonName !== undefined && foldedName(commonName) === foldedName(name);
}

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);
