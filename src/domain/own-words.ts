import { LINK_MARK, type TextPart, withoutLinks } from "./incoming.ts";
import { isShareText } from "./title.ts";

/** A number directly before a link is its number in a list. */
const NUMBERING = new RegExp(`№?\\d{1,3}\\s*[.):\\]–—-]?\\s*(?=${LINK_MARK})`, "gu");
/** Blanks and what nobody sees, punctuation, and signs that stand between the things of a list. */
const NO_WORDS = new RegExp(`^[\\s\\p{P}\\p{Default_Ignorable_Code_Point}${LINK_MARK}|+=<>~→]*$`, "u");

/**
 * Whether a text holds nothing but links, so that nobody's words go with them (rule 15): blanks, numbers of a list and
 * punctuation are no words, nor is what is said `toTheBot` only: its name, a hashtag that it knows. In a private chat what an
 * app shares, a link and its title, is no word of the person either.
 */
export function holdsOnlyLinks(
  part: TextPart,
  of: { readonly isPrivate: boolean; readonly toTheBot: readonly string[] },
): boolean {
  const said = { ...part, text: of.toTheBot.reduce(without, part.text) };
  const rest = withoutLinks(said, { isTalk: !of.isPrivate });
  return NO_WORDS.test(rest.replace(NUMBERING, "")) || (of.isPrivate && isShareText(said));
}

/** Without a name or a hashtag, where it is no part of a longer one or of a link; every other character stays at its place. */
function without(text: string, word: string): string {
  const pattern = new RegExp(`(?<![\\p{L}\\d_/#&@.=])${RegExp.escape(word)}(?![\\p{L}\\d_])`, "giu");
  return text.replace(pattern, (found) => " ".repeat(found.length));
}
