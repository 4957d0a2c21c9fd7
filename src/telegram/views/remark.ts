import type { Remark } from "../../domain/downloader.ts";
import { oneLine } from "../../domain/text.ts";

const LONGEST_ACTIVITY = 100;

/** What a downloader says about a link, on a line of its own: trouble stands out. Empty when it says nothing. */
export function remarkLine(remark: Remark | undefined, { longestTrouble }: { longestTrouble: number }): string {
  if (remark === undefined) return "";
  if (remark.kind === "activity") return lineOf("", oneLine(remark.text, LONGEST_ACTIVITY));
  return lineOf("⚠️ ", oneLine(remark.text, longestTrouble));
}

function lineOf(mark: string, text: string): string {
  return text === "" ? "" : `\n${mark}${text}`;
}
