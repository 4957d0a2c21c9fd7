import { createHash } from "node:crypto";
import { keyOf } from "../../domain/url.ts";

/** The endings of files that describe a stream, on any site. */
const DESCRIPTION = /\.(?:m3u8|mpd)$/i;
const MARK_LENGTH = 6;

/**
 * Distinguishes a stream from others whose description has the same name: yt-dlp names a stream after that, and sites use few names
 * (`master.m3u8`). The site, and a mark of the link. Undefined for anything that is not such a description.
 */
export function streamMark(link: string): string | undefined {
  const { hostname, pathname } = new URL(link);
  if (!DESCRIPTION.test(pathname)) return undefined;
  const site = hostname.replace(/^www\./, "").replace(/[^\w.-]/g, "_");
  return `${site}-${createHash("sha256").update(keyOf(link)).digest("hex").slice(0, MARK_LENGTH)}`;
}
