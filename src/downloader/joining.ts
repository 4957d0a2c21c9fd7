import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { isIP } from "node:net";
import { dirname } from "node:path";
import { type Address, spellAddress } from "../domain/downloader.ts";
import type { JoinCode } from "../domain/join-code.ts";
import type { Log } from "../domain/log.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import type { Wait } from "../domain/wait.ts";
import { createIdentity, fingerprintOf } from "../grpc/self-signed.ts";
import { type Folders, openFolders } from "./folders.ts";
import { askToJoin, certificateAt } from "./join-client.ts";
import { openList } from "./list.ts";
import { downloaderTexts } from "./locales/locales.ts";
import { type Membership, readMembership, writeMembership } from "./membership.ts";
import type { DownloaderOptions } from "./options.ts";
import { syncToDisk } from "./sync.ts";

/** `mayPass`: another try later may succeed. */
export type Joined =
  | { readonly ok: true; readonly options: DownloaderOptions }
  | { readonly ok: false; readonly problem: string; readonly mayPass: boolean };

export interface JoiningDeps {
  readonly log: Log;
  readonly wait: Wait;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly stop: AbortSignal;
}

/** What a code replaces, so that no other option may say it. */
const BY_CODE = ["name", "token-file", "tls-cert", "tls-key", "bot-ca"];
/** A person who has pasted the line waits for an answer; a service is restarted. */
const MOST_TRIES = 5;
const FIRST_MS = 1_000;
const CAP_MS = 8_000;
const TOKEN_BYTES = 32;
const PORT = 50_051;

/**
 * The options with what this machine and the bot recognise each other by, if it has joined or joins now. A code with which it has already
 * joined is ignored, so that it may stay in the options. Throws the system's errors, and SQLite's (`SQLITE_BUSY`: another one runs or
 * joins in this folder).
 */
export async function withMembership(options: DownloaderOptions, deps: JoiningDeps): Promise<Joined> {
  const { join } = options;
  const texts = downloaderTexts[options.language].joining;
  const files = openFolders(options.dir);
  let known: Membership | undefined;
  try {
    known = readMembership(files.joined);
  } catch {
    return refused(texts.unreadable(files.joined));
  }
  if (join === undefined && known === undefined) return { ok: true, options };
  const superfluous = BY_CODE.filter((flag) => options.given.includes(flag));
  if (superfluous.length > 0) return refused(texts.superfluous(superfluous.map((flag) => `--${flag}`)));
  if (join === undefined || known?.codeId === join.id.toString("hex")) {
    return { ok: true, options: known === undefined ? options : adopting(options, known) };
  }
  return joinBy(join, { options, files, deps });
}

const refused = (problem: string): Joined => ({ ok: false, problem, mayPass: false });

async function joinBy(
  code: JoinCode,
  { options, files, deps }: { options: DownloaderOptions; files: Folders; deps: JoiningDeps },
): Promise<Joined> {
  const { log, wait, now, random, stop } = deps;
  const texts = downloaderTexts[options.language].joining;
  // Two in the same folder would overwrite what the other has presented, and use up its code.
  using _alone = openList(files.list, now);
  const mine = asked(files.joining, code) ?? (await newcomer(code));
  const addresses = options.given.includes("bot") ? [options.bot] : code.addresses;

  for (let attempts = 1; ; attempts += 1) {
    const met = await meet(addresses, code);
    if (met.bot !== undefined) {
      const membership = { ...mine, bot: met.bot, botCertificate: met.certificate };
      // The code is valid once: what is presented with it must not get lost if the answer does.
      writeMembership(files.joining, membership);
      const answer = await askToJoin(met.bot, met.certificate, { ...code, ...mine });
      if ("refusal" in answer) return refused(texts.refused[answer.refusal]);
      if ("joined" in answer) {
        renameSync(files.joining, files.joined);
        syncToDisk(dirname(files.joined));
        log.info(`Joined as "${code.name}"`, { ...met.bot });
        return { ok: true, options: adopting(options, membership) };
      }
      log.warn("The bot did not let this machine join", { ...met.bot, problem: answer.silent });
    } else {
      if (met.isAnother) return refused(texts.anotherCertificate(addresses.map(spellAddress)));
      log.warn("The bot cannot be reached", { problems: met.problems });
    }
    if (attempts >= MOST_TRIES || stop.aborted) {
      return { ok: false, problem: texts.unreachable(addresses.map(spellAddress)), mayPass: true };
    }
    const at = nextAttemptAt({ attempts, now: now(), first: FIRST_MS, cap: CAP_MS, random });
    await wait(at - now(), stop);
  }
}

type Newcomer = Omit<Membership, "bot" | "botCertificate">;

/** What this machine has presented with the code before, without receiving an answer. */
function asked(path: string, { id }: JoinCode): Newcomer | undefined {
  try {
    const shown = readMembership(path);
    return shown?.codeId === id.toString("hex") ? shown : undefined;
  } catch {
    // No bot has accepted it, so it is worth nothing.
    return undefined;
  }
}

async function newcomer({ id, name }: JoinCode): Promise<Newcomer> {
  const { cert, key } = await createIdentity(name);
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  return { codeId: id.toString("hex"), name, certificate: `${cert}`, key: `${key}`, token };
}

type Met =
  | { readonly bot: Address; readonly certificate: string }
  /** `isAnother`: everything that answers presents another certificate, and something answers at each address. */
  | { readonly bot: undefined; readonly isAnother: boolean; readonly problems: readonly string[] };

/** Finds the first address with the code's certificate; all are tried at the same time, because most may swallow everything. */
async function meet(addresses: readonly Address[], { fingerprint }: JoinCode): Promise<Met> {
  const found = await Promise.all(addresses.map(async (address) => ({ address, at: await certificateAt(address) })));
  for (const { address, at } of found) {
    if ("certificate" in at && fingerprintOf(at.certificate).equals(fingerprint)) {
      return { bot: address, certificate: at.certificate };
    }
  }
  const problems = found.map(
    ({ address, at }) => `${spellAddress(address)}: ${"silent" in at ? at.silent : "another certificate"}`,
  );
  return { bot: undefined, isAnother: found.every(({ at }) => "certificate" in at), problems };
}

/** The options with what this machine and the bot recognise each other by, once it has joined. */
export function adopting(options: DownloaderOptions, known: Membership): DownloaderOptions {
  return {
    ...options,
    name: known.name,
    bot: options.given.includes("bot") ? options.bot : known.bot,
    listen: options.given.includes("listen") ? options.listen : { host: everywhere(known.bot), port: PORT },
    tls: { cert: Buffer.from(known.certificate), key: Buffer.from(known.key) },
    botCa: Buffer.from(known.botCertificate),
    isBotPinned: true,
    token: known.token,
  };
}

/** The bot calls from outside, by the protocol that leads to it. */
const everywhere = ({ host }: Address) => (isIP(host) === 6 ? "::" : "0.0.0.0");
