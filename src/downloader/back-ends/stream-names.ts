import { createHash } from "node:crypto";
import { keyOf } from "../../domain/url.ts";

/** As what a stream is described by ends, on any site. */
const DESCRIPTION = /\.(?:m3u8|mpd)$/i;
const MARK_LENGTH = 6;

/**
 * What tells a stream from others whose description is called as its own, since yt-dlp calls a stream by that, and sites know few
 * names (`master.m3u8`): the site, and a mark of the link. Undefined for what is no description.
 */
export function streamMark(link: string): string | undefined {
  const { hostname, pathname } = new URL(link);
  if (!DESCRIPTION.test(pathname)) return undefined;
  const site = hostname.replace(/^www\./, "").replace(/[^\w.-]/g, "_");
  return `${site}-${createHash("sha256").update(keyOf(link)).digest("hex").slice(0, MARK_LENGTH)}`;
}
