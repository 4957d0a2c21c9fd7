import { bold, type FormattableString, format, join } from "gramio";
import { type Delivery, hasFailedThere } from "../../domain/delivery.ts";
import { named, oneLine } from "../../domain/text.ts";
import type { WorkEntry, WorkList } from "../../service/tracking/in-work.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { workButton } from "./callback-data.ts";
import { keyboardOf } from "./keyboard.ts";
import { readable } from "./link-name.ts";
import { linkedTo } from "./link-text.ts";
import { remarkLine } from "./remark.ts";

/** This many are shown by name, and have a button. */
export const MOST_SHOWN = 10;
const LONGEST_TITLE = 80;
const LONGEST_TROUBLE = 120;
const MB_PER_MIB = 1.048576;

/** The name of a download: its downloader's, or else its message's, or else its address without what is ignored in comparing. */
export function downloadName({ name, title, key }: Pick<Delivery, "name" | "title" | "key">): string {
  const names = [name, title, readable(key)].map((one) => oneLine(one ?? "", LONGEST_TITLE));
  return names.find((one) => one !== "") ?? "";
}

/** What downloaders are doing for a chat: a line each for the first ten, with a button to cancel it. */
export function workList({ entries, total }: WorkList, texts: Texts): Content {
  const words = texts.work;
  const lines: (FormattableString | string)[] = entries.map((entry, index) => line(entry, index + 1, words));
  if (total > entries.length) lines.push(texts.more(total - entries.length));
  const isOnly = entries.length === 1;
  const choices = entries.flatMap(({ delivery: { id, state }, isCancelled }, index) => {
    if (state !== "open") return [];
    const n = isOnly ? undefined : index + 1;
    return isCancelled
      ? [{ label: words.button.undo(n), press: workButton.pack({ action: "undo", id }) }]
      : [{ label: words.button.cancel(n), press: workButton.pack({ action: "cancel", id }) }];
  });
  return {
    text: format`${bold(words.title(total))}\n\n${join(lines, (one) => one, "\n")}`,
    keyboard: keyboardOf([{ choices }]),
  };
}

function line(entry: WorkEntry, n: number, words: Texts["work"]): FormattableString {
  const { delivery, says } = entry;
  const activity = says === undefined ? undefined : ({ kind: "activity", text: says } as const);
  const remark = delivery.trouble === null ? activity : ({ kind: "trouble", text: delivery.trouble } as const);
  const title = linkedTo(delivery.url, downloadName(delivery));
  return format`${n}. ${title} — ${stateOf(entry, words)} · ${named(delivery.downloader)}${remarkLine(remark, { longestTrouble: LONGEST_TROUBLE })}`;
}

function stateOf({ delivery, reading, ahead, isSilent, isCancelled }: WorkEntry, words: Texts["work"]): string {
  if (delivery.state !== "open") return delivery.state === "done" ? words.done : words.ended;
  if (isCancelled) return words.cancelled;
  if (hasFailedThere(delivery)) return words.failed;
  if (isSilent) return words.silent;
  switch (delivery.status) {
    case "WORK":
      return words.running(reading?.percentage, megabytes(reading?.speed));
    case "TO_SEND":
      return words.toSend;
    case "SENDING":
      return words.sending;
    case "UNKNOWN":
      return reading === undefined ? words.unknown : words.running(reading.percentage, megabytes(reading.speed));
    default:
      return words.waits(ahead ?? 0);
  }
}

function megabytes(mebibytes: number | undefined): number | undefined {
  const speed = mebibytes === undefined ? 0 : mebibytes * MB_PER_MIB;
  // A speed that would be shown as 0 says nothing.
  return speed < 0.05 ? undefined : speed;
}
