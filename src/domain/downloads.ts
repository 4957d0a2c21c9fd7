import type { Download, DownloadStatus } from "./downloader.ts";
import { readInParts, slicesOf } from "./in-parts.ts";
import { keyOf } from "./url.ts";

/** `MISSING`: it may be on its way to its folder, and its downloader does not list it now. */
export type ShownStatus = DownloadStatus | "MISSING";

/** From the least finished to the most. What an unknown status means is not known, but it is not an end. */
const PROGRESS: readonly DownloadStatus[] = ["NEW", "WORK", "UNKNOWN", "TO_SEND", "SENDING", "DONE"];

/**
 * A downloader's list with one entry for each link, by key. If there are several, such as for a link that was sent again while its sender
 * still has the old one, the least finished one tells the truth (wire.md §2.3). The event loop turns while a long list is read.
 */
export async function byKey(downloads: readonly Download[]): Promise<ReadonlyMap<string, Download>> {
  const found = new Map<string, Download>();
  await readInParts(slicesOf(downloads), (slice) => {
    for (const download of slice) {
      const key = keyOf(download.url);
      const other = found.get(key);
      if (other === undefined || isLessFinished(download, other)) found.set(key, download);
    }
  });
  return found;
}

/**
 * Whether the absence of an entry from the list means that the sender does not have it either: only if the list has something that only
 * the sender lists was the sender asked (wire.md §2.3). An entry that waits as `TO_SEND` may still be in the downloader's own list.
 */
export function hasSendersPart(downloads: readonly Download[]): boolean {
  return downloads.some(({ status }) => status === "SENDING" || status === "DONE");
}

/** Whether it was last seen on the way to its folder, when only the sender knows about it. */
export function isWithSender(status: DownloadStatus | null): boolean {
  return status === "TO_SEND" || status === "SENDING";
}

/**
 * Whether it may be with the sender: it was last seen on the way there, or was being downloaded and may have gone over between
 * two looks. What an unknown status means is not known.
 */
export function mayBeWithSender(status: DownloadStatus | null): boolean {
  return isWithSender(status) || status === "WORK" || status === "UNKNOWN";
}

/** Its downloader says that it cannot download it, and has not taken it up again (wire.md §2.3). */
export function saysItFailed({ status, remark }: { status: ShownStatus; remark: Download["remark"] }): boolean {
  return status === "NEW" && remark?.kind === "trouble";
}

/** Whether later entries in its downloader's list wait for it: one that has ended, or is on its way to its folder, holds up nobody. */
export function holdsUpOthers(download: Pick<Download, "status" | "remark">): boolean {
  return (download.status === "NEW" || download.status === "WORK") && !saysItFailed(download);
}

function isLessFinished(one: Download, other: Download): boolean {
  return PROGRESS.indexOf(one.status) < PROGRESS.indexOf(other.status);
}
