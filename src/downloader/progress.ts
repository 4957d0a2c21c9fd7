import type { Progress } from "../domain/downloader.ts";
import type { ListEntry } from "./entry.ts";
import type { Stage } from "./fetcher.ts";
import type { DownloaderTexts } from "./locales/locales.ts";

const MIB = 1024 * 1024;

/** How far a running download is, as the bot is told. */
export function progressOf(entry: ListEntry, stage: Stage, texts: DownloaderTexts): Progress {
  const { currentSize = 0, totalSize = 0, nth, of } = stage;
  const note = nth === undefined || of === undefined ? undefined : texts.nthOf(nth, of);
  return {
    url: entry.link,
    filename: stage.name ?? entry.name ?? "",
    quality: entry.maxQuality,
    percentage: totalSize === 0 ? 0 : Math.min(100, (100 * currentSize) / totalSize),
    status: "WORK",
    currentSize: currentSize / MIB,
    totalSize: totalSize / MIB,
    remark: note === undefined ? undefined : { kind: "activity", text: note },
  };
}
