import { foreign, plain } from "../../domain/text.ts";

const LONGEST = 64;

/** A name that a downloader gave itself, inside a sentence of ours; plain ASCII needs no isolation. */
export function named(name: string): string {
  return /^[\x20-\x7e…]*$/.test(name) ? plain(name, LONGEST) : foreign(plain(name, LONGEST));
}
