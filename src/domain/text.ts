const ELLIPSIS = "…";
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const UNSEEN = String.raw`[\s\u2800\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]`;
/** Scripts that run from right to left: only these can affect the direction of the text after them. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
// With the look-behind, each run of them inside the text is read once, not from each of its characters.
const INVISIBLE_ENDS = new RegExp(`^${UNSEEN}+|(?<!${UNSEEN})${UNSEEN}+$`, "gu");

/**
 * Cuts a text into pieces of at most `limit` UTF-16 units (Bot API: 4096 a message): at the last line break that fits, or else the last
 * space, or else anywhere except inside a surrogate pair. Only the break at a cut is lost, and pieces that are blank.
 */
export function splitText(text: string, limit = 4096): string[] {
  if (limit < 2) throw new RangeError(`Cannot split a text at ${limit} units: a surrogate pair needs 2`);
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > limit) {
    const cut = cutAfter(text, start, limit);
    pieces.push(text.slice(start, cut.end));
    start = cut.next;
  }
  pieces.push(text.slice(start));
  return pieces.filter((piece) => piece.trim() !== "");
}

/**
 * Makes a text from another machine or person safe to use inside ours: without control and bidi characters (line breaks stay, a tab
 * becomes a space), and with each right-to-left line isolated, so that its direction cannot affect what follows (reliability.md §5.3).
 * Other lines cannot, and a screen reader speaks the marks of an isolate.
 */
export function foreign(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\t\u2028\u2029]/g, " ")
      .replace(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, "")
      .split("\n")
      // A line break ends every isolate, so one pair around all lines would not hold.
      .map((line) => (!RIGHT_TO_LEFT.test(line) ? line : `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}`))
      .join("\n")
  );
}

/** A text of at most `max` UTF-16 units, shortened at a grapheme boundary with `…`; lone surrogates become U+FFFD. */
export function plain(text: string, max: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= max) return whole;
  if (max < 1) return "";
  let end = 0;
  // One unit more than allowed shows whether the last boundary is also one in the whole text.
  for (const { index, segment } of new Intl.Segmenter().segment(whole.slice(0, max + 1))) {
    if (index + segment.length > max - ELLIPSIS.length) break;
    end = index + segment.length;
  }
  return whole.slice(0, end).trimEnd() + ELLIPSIS;
}

/** A text of another machine or person on one line of ours, see `foreign`; empty when there is nothing to see. */
export function oneLine(text: string, max: number): string {
  return foreign(plain(text.replace(/\s+/g, " ").trim(), max));
}

/**
 * A text without invisible characters at its ends: blanks, direction marks, joiners, fillers. Text copied from a page or a chat often
 * brings one along.
 */
export function withoutInvisibleEnds(text: string): string {
  return text.replace(INVISIBLE_ENDS, "");
}

/** The text of a file: UTF-8, or UTF-16 if its first two bytes say so, as Windows saves it; that mark is not part of the text. */
export function decodedText(content: Uint8Array): string {
  const [first, second] = content;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return new TextDecoder(isWide ? (first === 0xff ? "utf-16le" : "utf-16be") : "utf-8").decode(content);
}

const LONGEST_NAME = 64;

/** A name that somebody else chose, inside a sentence of ours: on one line, or it could look like a second sentence. */
export function named(name: string): string {
  return oneLine(name, LONGEST_NAME);
}

function cutAfter(text: string, start: number, limit: number): { end: number; next: number } {
  // One unit more than fits: a break there is lost anyway, and a surrogate pair there must not be split.
  const window = text.slice(start, start + limit + 1);
  const breakAt = [window.lastIndexOf("\n"), window.lastIndexOf(" ")].find((at) => at > 0);
  if (breakAt !== undefined) return { end: start + breakAt, next: start + breakAt + 1 };
  const end = start + (/[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(window) ? limit - 1 : limit);
  return { end, next: end };
}
