import type { Download } from "../domain/downloader.ts";
import { plain } from "../domain/text.ts";

/** The bot reads no reply of more than 16 MiB or 100,000 entries (reliability.md §2.5), and would lose sight of everything. */
const MOST_BYTES = 12 * 2 ** 20;
/** Of an entry, for its other fields and their encoding; so many that fewer than 100,000 entries fit. */
const FRAME_BYTES = 128;
/** Characters of a remark for which there is always room. */
const FEW_WORDS = 40;

const sizeOf = ({ url, name = "", remark }: Download): number =>
  Buffer.byteLength(url) + Buffer.byteLength(name) + Buffer.byteLength(remark?.text ?? "") + FRAME_BYTES;

/**
 * The list as it fits into a reply: entries that have been done longest are left out first; all others stay, if need be with fewer words.
 */
export function fittingReply(downloads: readonly Download[]): readonly Download[] {
  // The links fitted when they were taken; remarks have come since, because they failed or the program behind this downloader did.
  const all = unfinishedBytes(downloads) > MOST_BYTES ? downloads.map(inFewWords) : downloads;
  let left = MOST_BYTES - unfinishedBytes(all);
  const fitting = all.toReversed().filter((download) => {
    if (download.status !== "DONE") return true;
    left -= sizeOf(download);
    return left >= 0;
  });
  return fitting.reverse();
}

function inFewWords({ remark, ...download }: Download): Download {
  return { ...download, remark: remark && { ...remark, text: plain(remark.text, FEW_WORDS) } };
}

/** Whether another link might make the list too long for a reply, even without finished entries. */
export function isFull(downloads: readonly Download[]): boolean {
  return unfinishedBytes(downloads) > MOST_BYTES - 2 ** 20;
}

function unfinishedBytes(downloads: readonly Download[]): number {
  const unfinished = downloads.filter(({ status }) => status !== "DONE");
  return unfinished.reduce((bytes, download) => bytes + sizeOf(download), 0);
}
