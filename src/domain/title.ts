import { findLinks, LINK_MARK, type TextPart, withoutLinks } from "./incoming.ts";
import { withoutInvisibleEnds } from "./text.ts";

const LONGEST = 200;
/** With what apps put around it. A longer line is not searched for a title: the time that takes grows with its square. */
const LONGEST_LINE = 2 * LONGEST;
/** Names of sites at the end of what is shared: "… on YouTube", "… - RUTUBE". */
const SITE = `(?:you\\s?tube|ютуб\\p{L}*|vk(?:[ .]?(?:видео|video|com))?|вк(?: видео)?|rutube|рутуб\\p{L}*|tik\\s?tok|vimeo|dailymotion|twitch|instagram|facebook|дзен\\p{L}*|одноклассник\\p{L}*|bilibili|soundcloud|spotify|yandex|яндекс\\p{L}*)`;
const AFTER = new RegExp(
  `(?:\\s+[-–—|·]\\s*|\\s+(?:на|в|во|on|in|via|from|at)\\s+)${SITE}(?:\\s+\\p{L}+)?[.!]?$`,
  "iu",
);
/** What apps write before a title. */
const BEFORE =
  /^(?:(?:смотри|посмотри|зацени|слушай|послушай|гляди)(?:те)?|watch|check\s+out|listen\s+to|have\s+a\s+look\s+at)(?:\s+(?:видео|клип|фильм|ролик|(?:the|this)?\s*video))?[\s:]+/iu;
const QUOTED = /^(?:«(.+)»|“(.+)”|„(.+)“|"(.+)"|'(.+)')$/su;
/** A name begins with a capital, a digit, a quotation mark or a bracket, or is in a script without capitals. */
const LIKE_A_NAME = /^[\p{Lu}\p{Lt}\p{Lo}\p{N}«“„"'([¿¡]/u;

/** Hashtags, and names of accounts. */
const TAGS = /(?<![\p{L}\d_])[#@][\p{L}\d_]+/gu;

/** A part of a message, prepared for finding names in it. */
interface Prepared {
  /** In reading order. */
  readonly links: readonly string[];
  /** The visible text of the links that a text-link hides. */
  readonly labels: ReadonlyMap<string, string>;
  readonly written: readonly string[];
  readonly lines: readonly string[];
}

/**
 * What a message calls one of its links, as `findLinks` returns it: the label of a text-link, the rest of its line, or the only other line
 * beside a single link, as apps and sites share it ("Watch «X» on YouTube https://…"). Null if that is not certain.
 */
export function titleOf(parts: readonly TextPart[], link: string): string | null {
  return titlesOf(parts)(link);
}

/** `titleOf` for all links of a message, which is read once. */
export function titlesOf(parts: readonly TextPart[]): (link: string) => string | null {
  const prepared = parts.map(prepare);
  return (link) => {
    const part = prepared.find(({ links }) => links.includes(link));
    if (part === undefined) return null;
    const label = part.labels.get(link);
    if (label === undefined) return besideLink(part, link);
    return findLinks([{ text: label }]).length > 0 ? null : named(label);
  };
}

function prepare(part: TextPart): Prepared {
  const labels = new Map<string, string>();
  for (const { type, offset, length, url } of part.entities ?? []) {
    if (type !== "text_link") continue;
    const [link] = findLinks([{ text: "x", entities: [{ type, offset: 0, length: 1, url }] }]);
    if (link !== undefined && !labels.has(link)) labels.set(link, part.text.slice(offset, offset + length));
  }
  const lines = linesOf(part);
  return { links: findLinks([part]), labels, written: part.text.split("\n"), lines };
}

/** The lines of a text, without links, tags, and blanks behind others. */
function linesOf(part: TextPart): string[] {
  return withoutLinks(part)
    .replace(TAGS, " ")
    .replace(/[^\S\n]+/gu, " ")
    .split("\n");
}

/**
 * Whether a text is one link and its title, and nothing else: that is what apps share, not anybody's own words. The title has a line of
 * its own, or one with an app's words around it: "Buy milk https://…" may have been written by a person.
 */
export function isShareText(part: TextPart): boolean {
  const [link, ...others] = findLinks([part]);
  if (link === undefined || others.length > 0 || titleOf([part], link) === null) return false;
  const lines = linesOf(part).filter((line) => line.trim() !== "");
  const [line = "", ...more] = lines.map((one) => one.replace(LINK_MARK, " ").trim()).filter((one) => one !== "");
  return more.length === 0 && (lines.length === 2 || (lines.length === 1 && isAppsLine(line)));
}

function isAppsLine(line: string): boolean {
  const bare = withoutSigns(line);
  const inner = withoutApps(bare);
  return inner !== bare || QUOTED.test(inner);
}

function besideLink({ links, written, lines }: Prepared, link: string): string | null {
  const at = lines.findIndex(
    (line, index) => line.includes(LINK_MARK) && mayHold(written[index] ?? "", link, links.length),
  );
  const line = lines[at] ?? "";
  // If a line has more than one link, whose name is it?
  if (at < 0 || line.split(LINK_MARK).length !== 2) return null;
  const ownLine = line.replace(LINK_MARK, " ").trim();
  if (ownLine !== "") return links.length === 1 && othersOf(lines, at).length > 0 ? null : named(ownLine);
  const [only, ...more] = othersOf(lines, at);
  return links.length > 1 || only === undefined || more.length > 0 ? null : named(only);
}

/** Whether this marked line is the one with the link; with a single link it is. */
function mayHold(line: string, link: string, links: number): boolean {
  return links === 1 || line.includes(link.replace(/^https?:\/\//, ""));
}

function othersOf(lines: readonly string[], at: number): string[] {
  return lines.filter((line, index) => index !== at && line.trim() !== "");
}

/** A title as it is written, without what apps put around it; null if there is none. */
function named(text: string): string | null {
  const written = text.replace(TAGS, " ").replace(/\s+/gu, " ");
  if (written.length > LONGEST_LINE) return null;
  const inner = withoutApps(withoutSigns(written));
  const quoted = QUOTED.exec(inner)
    ?.slice(1)
    .find((one) => one !== undefined);
  const title = withoutInvisibleEnds(quoted ?? inner);
  return LIKE_A_NAME.test(title) && /\p{L}/u.test(title) && title.length <= LONGEST ? title : null;
}

/** Without what apps write around a title. Such words alone are not a title either. */
function withoutApps(text: string): string {
  return withoutSigns(`${text} `.replace(BEFORE, "").trimEnd().replace(AFTER, ""));
}

/** Without what leads to the link: a colon, a dash, an arrow, a number in a list. */
function withoutSigns(text: string): string {
  return withoutInvisibleEnds(text)
    .replace(/^(?:\d{1,3}[.)]\s+|[-–—•*·▶►➡]\uFE0F?\s+)/u, "")
    .replace(/(?:\s*[:\-–—|>→⬇👇👉▶►]\uFE0F?)+$/u, "")
    .trim();
}
