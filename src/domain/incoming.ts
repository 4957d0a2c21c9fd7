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

// Telegram has read these itself; code, quotes and styles are searched like plain text.
const OPAQUE = new Set("url text_link email mention text_mention hashtag cashtag bot_command phone_number".split(" "));
const PLAIN_LINK =
  /(?:https?:\/\/|(?<![\p{L}\p{N}_.@/-])www\.)(?=[\p{L}\p{N}[])[^\s<>"\p{Cc}\u200B\uFEFF\p{Bidi_Control}]+/giu;
const CLOSING_MARKS = ".,;:!?'*`|…»”’。，！？）】」";
const BRACKETS = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
] as const;

/**
 * The links of a message in reading order, each once (by `keyOf`), with `https://` where the scheme is missing. They are not
 * checked: that is `parseLink`'s business. Entities that do not lie in the text are ignored.
 */
export function findLinks(parts: readonly TextPart[]): string[] {
  const byKey = new Map<string, string>();
  for (const part of parts) {
    for (const { link } of linksOf(part)) {
      const key = sameness(link);
      if (!byKey.has(key)) byKey.set(key, link);
    }
  }
  return [...byKey.values()];
}

/** What is refused for its scheme or its password must not stand for the good link to the same address. */
function sameness(link: string): string {
  const url = URL.parse(link);
  if (url === null || (/^https?:$/.test(url.protocol) && url.username === "" && url.password === ""))
    return keyOf(link);
  return link;
}

function linksOf({ text, entities = [] }: TextPart): Found[] {
  const found: Found[] = [];
  let rest = text;
  for (const entity of entities) {
    if (!OPAQUE.has(entity.type) || !liesIn(entity, text)) continue;
    const end = entity.offset + entity.length;
    const link = linkOf(entity, text.slice(entity.offset, end));
    if (link !== undefined) found.push({ at: entity.offset, link });
    rest = rest.slice(0, entity.offset) + " ".repeat(entity.length) + rest.slice(end);
  }
  for (const { 0: match, index } of rest.matchAll(PLAIN_LINK))
    found.push({ at: index, link: withScheme(trimmed(match)) });
  return found.sort((one, other) => one.at - other.at);
}

function linkOf(entity: TextEntity, covered: string): string | undefined {
  if (entity.type === "url") return withScheme(covered);
  // A text-link may also open a chat (`tg://…`), which nobody meant to queue.
  return entity.type === "text_link" && /^https?:/i.test(entity.url ?? "") ? entity.url : undefined;
}

function liesIn({ offset, length }: TextEntity, text: string): boolean {
  return (
    Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length > 0 && offset + length <= text.length
  );
}

function withScheme(link: string): string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(link) ? link : `https://${link}`;
}

/** Without the punctuation that belongs to the sentence: closing marks, and brackets that were opened before the link. */
function trimmed(match: string): string {
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
