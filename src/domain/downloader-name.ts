import { once } from "./once.ts";

/** What a downloader's name consists of, for sentences. */
export const NAME_RULE = "1 to 64 printable characters";

/**
 * Control and bidi characters, whatever is invisible or has no meaning yet, and U+FFFD, which stands for bytes that were not UTF-8: two
 * names would look like one. Joiners and tags belong to emoji and some scripts.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Bidi_Control}\ufffd]|(?![\p{Join_Control}\u{e0020}-\u{e007f}])\p{Cf}/u;
/** Leaves no ink: joiners, variation selectors, fillers, blanks. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu;
const MAX_CHARACTERS = 64;

/** A downloader's name as it is kept and shown, in NFC and trimmed; undefined if it breaks `NAME_RULE`. */
export function parseDownloaderName(text: string): string | undefined {
  const name = text.normalize("NFC").trim();
  const isShown = name.replace(INVISIBLE, "").trim() !== "";
  return isShown && !UNPRINTABLE.test(name) && [...name].length <= MAX_CHARACTERS ? name : undefined;
}

const collator = once(() => new Intl.Collator("en", { numeric: true }));

/** The order in which people look for names: `srv2` before `srv10`. */
export const compareNames = (one: { readonly name: string }, other: { readonly name: string }) =>
  collator().compare(one.name, other.name);

/** The form in which two spellings are one name: without case, width, invisible characters and the length of blanks (`Home` is `ＨＯＭＥ`). */
export function foldedName(name: string): string {
  // By way of capitals: `ß` becomes `SS`, and a final sigma an ordinary one.
  const folded = name.normalize("NFKC").replace(INVISIBLE, "").toUpperCase().toLowerCase();
  return folded.normalize("NFKC").replace(/\s+/g, " ").trim();
}
