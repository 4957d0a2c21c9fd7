import { parseLink } from "../domain/url.ts";

/** The schemes of links that are downloaded here. */
export const HTTP_SCHEMES: readonly string[] = ["http:", "https:"];

/**
 * Whether a link may be taken. It is fetched exactly as it came, so mistakes that are corrected elsewhere are refused here. `schemes` are
 * those that the back end takes, with the colon.
 */
export function isAccepted(link: string, of: { schemes: readonly string[]; allowPrivate: boolean }): boolean {
  const url = URL.parse(link);
  if (url === null || /\p{Cc}/u.test(link) || !of.schemes.includes(url.protocol)) return false;
  return parseLink(link, { allowPrivate: of.allowPrivate, isTaken: () => true }).ok;
}
