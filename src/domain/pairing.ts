import { createHash, timingSafeEqual } from "node:crypto";

/** How long a code is valid. */
export const PAIRING_MS = 3_600_000;
/** How many tries a code allows. */
export const MOST_PAIRING_TRIES = 5;

/** Crockford's base 32: without letters that look like digits, and without U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Sixty bits: neither five tries nor an hour with its digest is enough to guess it. */
const LENGTH = 12;
const GROUP = 4;

/**
 * An invitation to become an admin, for whoever knows its code: the operator, who runs the bot, is shown it. The code itself is stored
 * nowhere.
 */
export interface Pairing {
  readonly salt: string;
  readonly digest: string;
  /** Epoch ms. */
  readonly madeAt: number;
}

/** A pairing in progress, with the tries that are on record. */
export interface BegunPairing extends Pairing {
  readonly tries: number;
}

/** Nobody could let anybody in: there is no admin, and no pairing that could make one. */
export class NobodyRules extends Error {
  override readonly name = "NobodyRules";
}

/** Where the latest pairing is kept. Each function may throw `StoreUnavailable`. */
export interface Pairings {
  /** Undefined if none was begun, or it has made an admin. */
  begun(): BegunPairing | undefined;
  /** Records one more try, which is on the disk when it returns; the result includes it. */
  noteTry(): BegunPairing | undefined;
  /** Forgets it. */
  end(): void;
}

/** The code as people see it, `7KQF-3MXD-9PWA`, of as many random bytes as it has characters. */
export function pairingCodeOf(random: Uint8Array): string {
  const letters = [...random.slice(0, LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return letters.match(new RegExp(`.{${GROUP}}`, "g"))?.join("-") ?? letters;
}

/** How many random bytes a code needs. */
export const PAIRING_BYTES = LENGTH;

/**
 * The code that a text may be, in a form for comparing: people type small letters, leave out the hyphens, and write O for 0. Undefined if
 * it cannot be one.
 */
export function parsePairingCode(text: string): string | undefined {
  const written = /^\s*([0-9a-z]{4})[ \-–—]?([0-9a-z]{4})[ \-–—]?([0-9a-z]{4})\s*$/i.exec(text);
  const letters = written?.slice(1).join("").toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return letters === undefined || letters.includes("U") ? undefined : letters;
}

/** What is stored of a code; undefined for a text that cannot be one. */
export function pairingOf(code: string, of: { salt: string; madeAt: number }): Pairing | undefined {
  const letters = parsePairingCode(code);
  return letters === undefined ? undefined : { ...of, digest: digestOf(letters, of.salt) };
}

/** Whether the text is the code of this pairing, in any spelling. */
export function isCodeOf(text: string, { salt, digest }: Pairing): boolean {
  const letters = parsePairingCode(text);
  if (letters === undefined) return false;
  const [given, kept] = [Buffer.from(digestOf(letters, salt)), Buffer.from(digest)];
  return given.length === kept.length && timingSafeEqual(given, kept);
}

/** How many tries are left; 0 if it is over. A clock that was set back does not reopen one that was closed long ago. */
export function triesLeft({ madeAt, tries }: BegunPairing, now: number): number {
  return Math.abs(now - madeAt) < PAIRING_MS ? Math.max(0, MOST_PAIRING_TRIES - tries) : 0;
}

function digestOf(letters: string, salt: string): string {
  return createHash("sha256").update(`${salt}:${letters}`).digest("hex");
}
