import { withoutInvisibleEnds } from "./text.ts";
import { keyOf } from "./url.ts";

/** One marked range of a text; offsets in UTF-16 units (Bot API: `MessageEntity`). */
export interface TextEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  /** Of a `text_link`. */
  readonly url?: string | undefined;
}

/** A text with its entities: a message's text or caption, its quote, the message that it answers. */
export interface TextPart {
  readonly text: string;
  readonly entities?: readonly TextEntity[] | undefined;
}

interface Found {
  readonly at: number;
  readonly link: string;
}

// Telegram has parsed these itself; code, quotes and styles are searched like plain text.
const OPAQUE = new Set("url text_link email mention text_mention hashtag cashtag bot_command phone_number".split(" "));
const PLAIN_LINK =
  /(?:https?:\/\/|(?<![\p{L}\p{N}_.@/-])www\.)(?=[\p{L}\p{N}[])(?:[^\s<>"\p{Cc}\u200B\uFEFF\p{Bidi_Control}]|[\u200B\uFEFF](?=[\w/?&=#%.-]))+/giu;
/** An address of another scheme up to the next space; anything inside it, such as a magnet's tracker, is part of it. */
const OTHER_SCHEME = /(?:magnet:\?|(?<![a-z\d+.-])[a-z][a-z\d+.-]*(?<!https?):\/\/)[^\s<>"]+/giu;
/** Where the next link begins in a text without spaces. After these characters it is part of the one before: a path or a value. */
const NEXT_LINK = /(?<![/=:?&#@%+!~$*])(?=https?:\/\/[\p{L}\p{N}[])|(?<=[,;|])(?=www\.[\p{L}\p{N}])/iu;
const CLOSING_MARKS = ".,;:!?'*`|…«»“”„‘’‚‹›。，、；：！？）】」》〉』〗］｝＞｡､،؛؟—–→•·";
/** What a forum's markup leaves after a link: `[b]LINK[/b]`, `[url=LINK]a film[/url]`. */
const CLOSING_TAG = /\[\/\w+\].*$/s;
const UNOPENED = /^([^[\]]*)\].*$/s;
/** Downloads that are not from the web; in ed2k, `|` separates fields, not links. */
const OTHER_DOWNLOAD = /^(?:magnet|ftps?|ed2k|thunder):/i;
const HAS_SCHEME = /^(?:[a-z][a-z\d+.-]*:\/\/|magnet:)/i;
const BRACKETS = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
] as const;

/**
 * The links of a message in reading order, each once (by `keyOf`), with `https://` if the scheme is missing. They are not checked; that is
 * `parseLink`'s business, as is rejecting magnets. Entities outside the text are ignored. Where people talk to each other, `isTalk`, a
 * bare name is not a link: Telegram marks `README.md` as an address too.
 */
export function findLinks(parts: readonly TextPart[], { isTalk = false } = {}): string[] {
  const byKey = new Map<string, string>();
  for (const part of parts) {
    for (const { link } of linksOf(part, isTalk)) {
      const key = sameness(link);
      if (!byKey.has(key)) byKey.set(key, link);
    }
  }
  return [...byKey.values()];
}

/** Stands for a link where a text is examined without its links; nobody can type it. */
export const LINK_MARK = "\uFFFC";

/** A text with `LINK_MARK` in place of each of its links; the label of a text-link stays. */
export function withoutLinks({ text, entities = [] }: TextPart, { isTalk = false } = {}): string {
  let rest = text.replaceAll(LINK_MARK, " ");
  const blank = (at: number, length: number) => {
    rest = rest.slice(0, at) + LINK_MARK + " ".repeat(length - 1) + rest.slice(at + length);
  };
  for (const { at, link } of otherSchemes(text)) blank(at, link.length);
  for (const entity of entities.filter((one) => one.type === "url" && liesIn(one, text))) {
    const covered = rest.slice(entity.offset, entity.offset + entity.length).trim();
    if (linksOfEntity(entity, covered, isTalk).length > 0) blank(entity.offset, entity.length);
  }
  for (const { 0: match, index } of rest.matchAll(PLAIN_LINK)) {
    if (!isTalk || apart(match).some((link) => !isBareName(link))) blank(index, match.length);
  }
  return rest;
}

/** A link that is refused for its scheme or its password must not stand for the good link to the same address. */
function sameness(link: string): string {
  const url = URL.parse(link);
  if (url === null || (/^https?:$/.test(url.protocol) && url.username === "" && url.password === ""))
    return keyOf(link);
  return link;
}

function linksOf({ text, entities = [] }: TextPart, isTalk: boolean): Found[] {
  const found: Found[] = [];
  let rest = text;
  const take = (at: number, length: number, links: readonly string[]) => {
    found.push(...links.map((link) => ({ at, link })));
    rest = rest.slice(0, at) + " ".repeat(length) + rest.slice(at + length);
  };
  const marked = entities.filter((entity) => OPAQUE.has(entity.type) && liesIn(entity, text));
  for (const { at, link } of otherSchemes(text)) {
    const end = at + link.length;
    const isLabel = ({ type, offset, length }: TextEntity) =>
      type === "text_link" && offset <= at && offset + length >= end;
    if (!marked.some(isLabel)) take(at, link.length, [trimmed(link)]);
  }
  for (const entity of marked) {
    const { offset, length } = entity;
    // Telegram also marks addresses inside something that was taken as a whole.
    const covered = rest.slice(offset, offset + length).trim();
    take(offset, length, linksOfEntity(entity, covered, isTalk));
  }
  for (const { 0: match, index } of rest.matchAll(PLAIN_LINK)) {
    for (const link of apart(match))
      if (!isTalk || !isBareName(link)) found.push({ at: index, link: withScheme(link) });
  }
  return found.sort((one, other) => one.at - other.at);
}

/** Magnets and the like, and addresses of another scheme that contain an http address. */
function otherSchemes(text: string): Found[] {
  return [...text.matchAll(OTHER_SCHEME)].flatMap(({ 0: match, index }) => {
    const [link = match] = /^ed2k:/i.test(match) ? [] : match.split(NEXT_LINK);
    return OTHER_DOWNLOAD.test(link) || /https?:\/\//i.test(link) ? [{ at: index, link }] : [];
  });
}

function linksOfEntity({ type, url = "" }: TextEntity, covered: string, isTalk: boolean): string[] {
  if (type === "url") {
    // Telegram has already determined where the last one ends.
    const links = NEXT_LINK.test(covered.slice(1)) ? apart(covered) : [withoutInvisibleEnds(covered)];
    return links.filter((link) => link !== "" && (!isTalk || !isBareName(link))).map(withScheme);
  }
  // A text-link may also open a chat (`tg://…`), which nobody meant to queue.
  return type === "text_link" && /^(?:https?|magnet|ftps?):/i.test(url) ? [withoutInvisibleEnds(url)] : [];
}

/** The links of a text without spaces: people paste one after another, with a comma or nothing between them. */
function apart(text: string): string[] {
  return text.split(NEXT_LINK).map(trimmed);
}

/** A name without scheme and path, which in a conversation is more often a file's. */
function isBareName(link: string): boolean {
  return !HAS_SCHEME.test(link) && (URL.parse(`https://${link}`)?.pathname ?? "/") === "/";
}

function liesIn({ offset, length }: TextEntity, text: string): boolean {
  return (
    Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length > 0 && offset + length <= text.length
  );
}

function withScheme(link: string): string {
  return HAS_SCHEME.test(link) ? link : `https://${link}`;
}

/**
 * Without what belongs to the sentence: closing punctuation, brackets that were opened before the link, those that open after it, and
 * invisible characters.
 */
function trimmed(text: string): string {
  const match = withoutInvisibleEnds(text)
    .replace(CLOSING_TAG, "")
    .replace(UNOPENED, "$1")
    .replace(/[([{]+$/, "");
  const count = (mark: string) => match.split(mark).length;
  const unopened = new Map<string, number>(BRACKETS.map(([open, close]) => [close, count(close) - count(open)]));
  let end = match.length;
  for (; end > 0; end--) {
    const last = match.charAt(end - 1);
    const surplus = unopened.get(last) ?? 0;
    if (surplus > 0) unopened.set(last, surplus - 1);
    else if (!CLOSING_MARKS.includes(last)) break;
  }
  return match.slice(0, end);
}

/** Whether a text, where only a link is asked for, is one without its scheme: `vk.com/video1`. */
export function isBareLink(text: string): boolean {
  return /^\S+\.\S+$/.test(text);
}
