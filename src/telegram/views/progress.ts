import type { Progress } from "../../domain/downloader.ts";
import { named, oneLine } from "../../domain/text.ts";
import type { Texts } from "../locales/locales.ts";
import { remarkLine } from "./remark.ts";

const CELLS = 10;
const LONGEST_NAME = 80;
const LONGEST_TROUBLE = 200;

/** A bar of ten cells; full only when everything is done. */
export function progressBar(percentage: number): string {
  const full = Math.min(CELLS, Math.max(0, Math.floor((percentage / 100) * CELLS)));
  return "▓".repeat(full) + "░".repeat(CELLS - full);
}

/**
 * One running download, at most about 500 UTF-16 units: its progress, its name, where it is if that is to be said, and what its downloader
 * says about it.
 */
export function progressLines(progress: Progress, texts: Texts, at?: string): string {
  const name = oneLine(progress.filename || progress.url, LONGEST_NAME);
  const words = texts.lists.status.progress(progress.percentage, {
    current: progress.currentSize,
    total: progress.totalSize,
  });
  const remark = remarkLine(progress.remark, { longestTrouble: LONGEST_TROUBLE });
  const facts = [words, ...(name === "" ? [] : [name]), ...(at === undefined ? [] : [named(at)])];
  return `${progressBar(progress.percentage)} ${facts.join(" · ")}${remark}`;
}
