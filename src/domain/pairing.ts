import { createHash, timingSafeEqual } from "node:crypto";

/** How long a code is good for. */
export const PAIRING_MS = 3_600_000;
/** How many tries a code bears. */
export const MOST_PAIRING_TRIES = 5;

/** Crockford's base 32: without letters that look like digits, and without U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Sixty bits: five tries, or an hour with its digest, lead nowhere. */
const LENGTH = 12;
const GROUP = 4;

/**
 * An invitation to become an admin, for whoever knows its code: the operator shows it who runs the bot. The code itself is
 * kept nowhere.
 */
export interface Pairing {
  readonly salt: string;
  readonly digest: string;
  /** Epoch ms. */
  readonly madeAt: number;
}

/** A pairing that was begun, with the tries that are on record. */
export interface BegunPairing extends Pairing {
  readonly tries: number;
}

/** Nobody could let anybody in: there is no admin, and no pairing that may lead to one. */
export class NobodyRules extends Error {
  override readonly name = "NobodyRules";
}

/** Where the pairing that was begun last is kept. Each function may throw `StoreUnavailable`. */
export interface Pairings {
  /** Undefined where none was begun, or it has led to an admin. */
  begun(): BegunPairing | undefined;
  /** Puts one more try on record, which is on the disk when it returns; what is returned counts it. */
  noteTry(): BegunPairing | undefined;
  /** Forgets it. */
  end(): void;
}

/** The code as people see it, `7KQF-3MXD-9PWA`, of as many random bytes as it has characters. */
export function pairingCodeOf(random: Uint8Array): string {
  const letters = [...random.slice(0, LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return letters.match(new RegExp(`.{${GROUP}}`, "g"))?.join("-") ?? letters;
}

/** How many random bytes a code takes. */
export const PAIRING_BYTES = LENGTH;

/**
 * The code that a text may be, as it is compared: people type small letters, leave the hyphens out, and take O for 0.
 * Undefined for whatever can be none.
 */
export function parsePairingCode(text: string): string | undefined {
  const written = /^\s*([0-9a-z]{4})[ \-–—]?([0-9a-z]{4})[ \-–—]?([0-9a-z]{4})\s*$/i.exec(text);
  const letters = written?.slice(1).join("").toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return letters === undefined || letters.includes("U") ? undefined : letters;
}

/** What is kept of a code; undefined for a text that can be none. */
export function pairingOf(code: string, of: { salt: string; madeAt: number }): Pairing | undefined {
  const letters = parsePairingCode(code);
  return letters === undefined ? undefined : { ...of, digest: digestOf(letters, of.salt) };
}

/** Whether the text is the code of this pairing, in whatever spelling. */
export function isCodeOf(text: string, { salt, digest }: Pairing): boolean {
  const letters = parsePairingCode(text);
  if (letters === undefined) return false;
  const [given, kept] = [Buffer.from(digestOf(letters, salt)), Buffer.from(digest)];
  return given.length === kept.length && timingSafeEqual(given, kept);
}

/** How many tries it still bears; 0 when it is over. A clock that was set back opens nothing that was closed for long. */
export function triesLeft({ madeAt, tries }: BegunPairing, now: number): number {
  return Math.abs(now - madeAt) < PAIRING_MS ? Math.max(0, MOST_PAIRING_TRIES - tries) : 0;
}

function digestOf(letters: string, salt: string): string {
  return createHash("sha256").update(`${salt}:${letters}`).digest("hex");
}
