import type { FormattableString } from "gramio";
import { oneLine } from "../../domain/text.ts";
import { linkedTo } from "./link-text.ts";

const LONGEST_NAME = 80;

/** How people know a link: its title where it has one, else its host and path, as far as they fit. */
export function linkName({ title, url }: { title: string | null; url: string }, longest = LONGEST_NAME): string {
  const named = title === null ? "" : oneLine(title, longest);
  return named === "" ? oneLine(withoutScheme(url), longest) : named;
}

/** The same, to press, where Telegram can link it. */
export function namedLink(link: { title: string | null; url: string }): FormattableString | string {
  return linkedTo(link.url, linkName(link));
}

function withoutScheme(url: string): string {
  const short = url.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");
  try {
    return decodeURI(short);
  } catch {
    return short;
  }
}
