import type { Download, Progress } from "../domain/downloader.ts";
import type { ListEntry } from "./entry.ts";
import type { Stage } from "./fetcher.ts";
import type { DownloaderTexts } from "./locales/locales.ts";

const MIB = 1024 * 1024;

/** An entry of the list as the bot is told of it (wire.md §1.2: `Task`). Only what has failed for good is trouble. */
export function downloadOf(
  { link, status, maxQuality, name, trouble }: ListEntry,
  { isRunning, texts }: { readonly isRunning: boolean; readonly texts: DownloaderTexts },
): Download {
  const common = { url: link, quality: String(maxQuality), name: name ?? undefined };
  const activity = (text: string | null) => (text === null ? undefined : ({ kind: "activity", text } as const));
  switch (status) {
    case "DONE":
      return { ...common, status, remark: activity(trouble) };
    case "WHOLE":
      return { ...common, status: "SENDING", remark: activity(trouble) };
    case "FAILED":
      return { ...common, status: "NEW", remark: { kind: "trouble", text: trouble ?? "" } };
    case "NEW":
      if (isRunning) return { ...common, status: "WORK", remark: undefined };
      return { ...common, status, remark: activity(trouble && texts.willRetry(trouble)) };
  }
}

/** How far a running download is, as the bot is told (wire.md §1.2: `OnWork`). */
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
