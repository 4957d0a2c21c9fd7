import { parseLink } from "../domain/url.ts";

/** Magnet links name trackers, and there may be many. */
const LONGEST = 16 * 1024;
const WITH_HOST = /^ftps?:/i;

/** Of the links that are downloaded here. */
export const HTTP_SCHEMES: readonly string[] = ["http:", "https:"];

/**
 * Whether a link may be taken. It is fetched exactly as it came, so that what people's slips are forgiven elsewhere is no link
 * here. `schemes` are those that the back end takes, with the colon.
 */
export function isAccepted(link: string, of: { schemes: readonly string[]; allowPrivate: boolean }): boolean {
  const url = URL.parse(link);
  if (url === null || link.length > LONGEST || /\p{Cc}/u.test(link) || !of.schemes.includes(url.protocol)) return false;
  // A private host is as private over FTP.
  if (WITH_HOST.test(link)) return parseLink(link.replace(WITH_HOST, "http:"), of).ok;
  return HTTP_SCHEMES.includes(url.protocol) ? parseLink(link, of).ok : true;
}
