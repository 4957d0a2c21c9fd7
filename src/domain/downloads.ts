import type { Download, DownloadStatus } from "./downloader.ts";
import { keyOf } from "./url.ts";

/** From the least finished to the most. What an unknown status means is not known, but it is no end. */
const PROGRESS: readonly DownloadStatus[] = ["NEW", "WORK", "UNKNOWN", "TO_SEND", "SENDING", "DONE"];

/**
 * A downloader's list with one entry for each link, by its key: where there are several, as of a link that was sent again
 * while its sender still has the old one, the least finished one tells the truth (wire.md §2.3).
 */
export function byKey(downloads: readonly Download[]): Map<string, Download> {
  const found = new Map<string, Download>();
  for (const download of downloads) {
    const key = keyOf(download.url);
    const other = found.get(key);
    if (other === undefined || isLessFinished(download, other)) found.set(key, download);
  }
  return found;
}

function isLessFinished(one: Download, other: Download): boolean {
  return PROGRESS.indexOf(one.status) < PROGRESS.indexOf(other.status);
}
