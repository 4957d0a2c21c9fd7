import { LINK_MARK, type TextPart, withoutLinks } from "./incoming.ts";
import { isShareText } from "./title.ts";

/** A number directly before a link is its number in a list. */
const NUMBERING = new RegExp(`№?\\d{1,3}\\s*[.):\\]–—-]?\\s*(?=${LINK_MARK})`, "gu");
/** Blanks and invisible characters, punctuation, and signs that separate the items of a list. */
const NO_WORDS = new RegExp(`^[\\s\\p{P}\\p{Default_Ignorable_Code_Point}${LINK_MARK}|+=<>~→]*$`, "u");

/**
 * Whether a text contains nothing but links, so that no words of a person are deleted with them (rule 15). Blanks, list numbers and
 * punctuation are not words, nor is anything said only `toTheBot`: its name, or a hashtag that it knows. In a private chat, a link and its
 * title as an app shares them are not words of the person either.
 */
export function holdsOnlyLinks(
  part: TextPart,
  of: { readonly isPrivate: boolean; readonly toTheBot: readonly string[] },
): boolean {
  const said = { ...part, text: of.toTheBot.reduce(without, part.text) };
  const rest = withoutLinks(said, { isTalk: !of.isPrivate });
  return NO_WORDS.test(rest.replace(NUMBERING, "")) || (of.isPrivate && isShareText(said));
}

/** Removes a name or a hashtag that is not part of a longer one or of a link; every other character stays in its place. */
function without(text: string, word: string): string {
  const pattern = new RegExp(`(?<![\\p{L}\\d_/#&@.=])${RegExp.escape(word)}(?![\\p{L}\\d_])`, "giu");
  return text.replace(pattern, (found) => " ".repeat(found.length));
}
