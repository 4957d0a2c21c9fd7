import type { Download, Progress } from "../domain/downloader.ts";
import { plain } from "../domain/text.ts";
import type { ListEntry } from "./entry.ts";
import type { Stage } from "./fetcher.ts";
import type { DownloaderTexts } from "./locales/locales.ts";

const MIB = 1024 * 1024;
/** Sites and programs choose these texts, and the bot reads no reply larger than 16 MiB: a few hundred long texts would fill it. */
const LONGEST_NAME = 200;
const LONGEST_TROUBLE = 500;

/**
 * An entry of the list as the bot is told of it (wire.md §1.2: `Task`). Only what has failed for good, and what is missing from what is
 * done, is trouble. `notNow`: why nothing can be begun now, in words.
 */
export function downloadOf(
  { link, status, maxQuality, name, ...entry }: ListEntry,
  of: { readonly isRunning: boolean; readonly notNow: string | undefined; readonly texts: DownloaderTexts },
): Download {
  const trouble = entry.trouble === null ? null : plain(entry.trouble, LONGEST_TROUBLE);
  const notNow = of.notNow === undefined ? null : plain(of.notNow, LONGEST_TROUBLE);
  const common = {
    url: link,
    quality: String(maxQuality),
    name: name === null ? undefined : plain(name, LONGEST_NAME),
  };
  const said = (kind: "activity" | "trouble", text: string | null) => (text === null ? undefined : { kind, text });
  switch (status) {
    case "DONE":
      return { ...common, status, remark: said("trouble", trouble) };
    case "WHOLE":
      return { ...common, status: "SENDING", remark: said("activity", trouble) };
    case "FAILED":
      return { ...common, status: "NEW", remark: said("trouble", trouble ?? "") };
    case "NEW":
      if (of.isRunning) return { ...common, status: "WORK", remark: undefined };
      return { ...common, status, remark: said("activity", trouble === null ? notNow : of.texts.willRetry(trouble)) };
  }
}

/** The progress of a running download, as the bot is told (wire.md §1.2: `OnWork`). */
export function progressOf(entry: ListEntry, stage: Stage, texts: DownloaderTexts): Progress {
  const { currentSize = 0, totalSize = 0, nth, of } = stage;
  const note = nth === undefined || of === undefined ? undefined : texts.nthOf(nth, of);
  return {
    url: entry.link,
    filename: plain(stage.name ?? entry.name ?? "", LONGEST_NAME),
    quality: entry.maxQuality,
    percentage: Math.min(100, totalSize === 0 ? (stage.percentage ?? 0) : (100 * currentSize) / totalSize),
    status: "WORK",
    currentSize: currentSize / MIB,
    totalSize: totalSize / MIB,
    remark: note === undefined ? undefined : { kind: "activity", text: note },
  };
}
