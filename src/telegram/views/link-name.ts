import type { FormattableString } from "gramio";
import { oneLine } from "../../domain/text.ts";
import { linkedTo } from "./link-text.ts";

const LONGEST_NAME = 80;

/** A link as people know it: its title if it has one, otherwise its host and path, as far as they fit. */
export function linkName({ title, url }: { title: string | null; url: string }, longest = LONGEST_NAME): string {
  const named = title === null ? "" : oneLine(title, longest);
  return named === "" ? oneLine(withoutScheme(url), longest) : named;
}

/** The same as a link, if Telegram allows that. */
export function namedLink(link: { title: string | null; url: string }): FormattableString | string {
  return linkedTo(link.url, linkName(link));
}

/** An address, or a part of one, with its letters as people write them. */
export function readable(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

function withoutScheme(url: string): string {
  return readable(url.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, ""));
}
