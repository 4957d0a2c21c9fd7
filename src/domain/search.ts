import type { Delivery } from "./delivery.ts";

/**
 * A text as it is compared with what somebody looks for: whoever types does not mind capitals, nor the dots of `ё`, nor in
 * which form a keyboard writes an accent.
 */
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ").trim();
}

/** Whether a link is called so, by its title, the name that its downloader gave it, or its address, as it is and as people read it. */
export function createMatch(word: string): (link: Pick<Delivery, "title" | "name" | "url">) => boolean {
  const wanted = folded(word);
  return ({ title, name, url }) =>
    [title, name, url, readable(url)].some((text) => text !== null && folded(text).includes(wanted));
}

/** Null where it reads as it is. */
function readable(url: string): string | null {
  if (!url.includes("%")) return null;
  try {
    return decodeURI(url);
  } catch {
    return null;
  }
}
