import type { Delivery } from "./delivery.ts";

/**
 * A text in a form for searching: people who type do not care about capitals, the dots of `ё`, or the form in which a keyboard writes an
 * accent.
 */
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ").trim();
}

/** Whether a link's title, the name that its downloader gave it, or its address (as it is, or as people read it) contains the word. */
export function createMatch(word: string): (link: Pick<Delivery, "title" | "name" | "url">) => boolean {
  const wanted = folded(word);
  return ({ title, name, url }) =>
    [title, name, url, readable(url)].some((text) => text !== null && folded(text).includes(wanted));
}

/** Null if it reads the same. */
function readable(url: string): string | null {
  if (!url.includes("%")) return null;
  try {
    return decodeURI(url);
  } catch {
    return null;
  }
}
