import type { Entity } from "./message.ts";

const BOT_COMMAND = /(?<![\w/@<>])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])/g;
const WITH_SCHEME = /\b(?:https?|ftp|tonsite):\/\/[^\s<>"«»]+/gi;
/** Telegram links bare domains of known top-level domains only; these are the ones that people send here. */
const BARE =
  /(?<![\w@./:-])(?:[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?\.)+(?:com|net|org|ru|рф|su|io|me|tv|be|dev|info|uk|de|fr|eu|app|gg|co)(?![\p{L}\d-])(?::\d+)?(?:[/?#][^\s<>"«»]*)?/giu;

const MENTION = /(?<![\w@./])@[a-zA-Z]\w{3,31}(?!\w)/g;
const HASHTAG = /(?<![\p{L}\d_#&/])#(?=[\d_]*\p{L})[\p{L}\d_]{1,256}(?!#)/gu;

/** What Telegram marks by itself in a person's text: links, bot commands, names and hashtags. Offsets in UTF-16 units. */
export function detectEntities(text: string): Entity[] {
  const found: Entity[] = [];
  const free = (offset: number, length: number) =>
    found.every((other) => offset + length <= other.offset || offset >= other.offset + other.length);
  const mark = (type: string, pattern: RegExp, trim: (match: string) => string) => {
    for (const match of text.matchAll(pattern)) {
      const { length } = trim(match[0]);
      if (free(match.index, length)) found.push({ type, offset: match.index, length });
    }
  };
  mark("url", WITH_SCHEME, withoutTail);
  mark("url", BARE, withoutTail);
  mark("bot_command", BOT_COMMAND, (command) => command);
  mark("mention", MENTION, (mention) => mention);
  mark("hashtag", HASHTAG, (tag) => tag);
  return found.sort((a, b) => a.offset - b.offset);
}

/** Punctuation at the end of the sentence is not part of the link; a closing bracket only if it was opened inside. */
function withoutTail(url: string): string {
  const trimmed = url.replace(/[.,:;!?'"…*_~`]+$/u, "");
  const unbalanced = trimmed.endsWith(")") && count(trimmed, "(") < count(trimmed, ")");
  if (unbalanced) return withoutTail(trimmed.slice(0, -1));
  return trimmed;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
