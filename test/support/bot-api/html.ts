import type { Entity } from "./message.ts";
import { badRequest } from "./refusal.ts";

const TAGS: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  code: "code",
  pre: "pre",
  a: "text_link",
  blockquote: "blockquote",
  span: "spoiler",
  "tg-spoiler": "spoiler",
  "tg-emoji": "custom_emoji",
};
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** Bot API "HTML style": plain text and entities, or the real server's refusal. */
export function parseHtml(html: string): { text: string; entities: Entity[] } {
  const entities: Entity[] = [];
  const open: { name: string; offset: number; href: string | undefined }[] = [];
  let text = "";
  let at = 0;
  const fail = (why: string) =>
    badRequest(`can't parse entities: ${why} at byte offset ${Buffer.byteLength(html.slice(0, at))}`);
  while (at < html.length) {
    const end = html.indexOf(">", at);
    if (html[at] === "&") {
      const [whole, character] = characterAt(html.slice(at, at + 12));
      text += character;
      at += whole;
    } else if (html[at] !== "<") {
      text += html[at++];
    } else if (html[at + 1] === "/") {
      const tag = open.pop();
      const name = html
        .slice(at + 2, end < 0 ? undefined : end)
        .trim()
        .toLowerCase();
      if (tag === undefined) throw fail("Unexpected end tag");
      if (end < 0) throw fail("Unclosed end tag");
      if (name !== tag.name) {
        const offset = Buffer.byteLength(html.slice(0, at));
        throw badRequest(
          `can't parse entities: Unmatched end tag at byte offset ${offset}, expected "</${tag.name}>", found "</${name}>"`,
        );
      }
      const entity = { type: TAGS[name] ?? name, offset: tag.offset, length: text.length - tag.offset };
      if (entity.length > 0) entities.push(tag.href === undefined ? entity : { ...entity, url: tag.href });
      at = end + 1;
    } else {
      const tag = html.slice(at + 1, end < 0 ? undefined : end);
      const name = /^[^\s/>]*/.exec(tag)?.[0].toLowerCase() ?? "";
      if (!Object.hasOwn(TAGS, name)) throw fail(`Unsupported start tag "${name}"`);
      if (end < 0) throw fail("Unclosed start tag");
      open.push({ name, offset: text.length, href: name === "a" ? hrefOf(tag) : undefined });
      at = end + 1;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw badRequest(`can't parse entities: Can't find end tag corresponding to start tag "${unclosed.name}"`);
  }
  return { text, entities: entities.sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

/** Bot API: only four named references and all numeric ones are known; any other `&` is literal. */
function characterAt(rest: string): [length: number, character: string] {
  const match = /^&(?:#(\d+)|#x([\da-f]+)|(lt|gt|amp|quot));/i.exec(rest);
  if (match === null) return [1, "&"];
  const [whole, decimal, hex, named] = match;
  if (named !== undefined) return [whole.length, NAMED[named.toLowerCase()] ?? "&"];
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? [whole.length, String.fromCodePoint(code)] : [1, "&"];
}

function hrefOf(tag: string): string | undefined {
  const match = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag);
  const href = match?.[1] ?? match?.[2] ?? match?.[3];
  return href === undefined ? undefined : href.replaceAll("&amp;", "&");
}
