import { bold, type FormattableString, format, join } from "gramio";
import { fromMaxQuality } from "../../domain/quality.ts";
import { named, oneLine } from "../../domain/text.ts";
import { maySeeAll } from "../context/chat-context.ts";
import type { Content } from "../context/content.ts";
import { keyboardOf } from "./keyboard.ts";
import { linkText } from "./link-text.ts";
import { stateLine } from "./prompt.ts";
import { downloadChoice, entryRow, pageRows, qualityRows, sureRows } from "./queue-buttons.ts";
import type { Entry, QueueView, Reader } from "./queue-view.ts";
import { remarkLine } from "./remark.ts";

const ENTRIES_PER_PAGE = 5;
const LONGEST_NAME = 60;
const LONGEST_TROUBLE = 300;
const MOST_SILENT_NAMED = 3;

/**
 * A page of what a chat has, by work status: what downloaders are at, what waits here, what is done. Reads from the
 * queue only the rows that it shows. Never longer than a message may be.
 */
export function queuePage(view: QueueView, reader: Reader): Content {
  const { texts } = reader.context;
  const words = texts.lists.queue;
  const { entries, page, pages, start, queued } = cut(view);
  const picked = entries.findIndex((entry) => entry.kind === "link" && entry.link.id === view.picking);
  const dropped = entries.findIndex((entry) => isDropped(entry, view.dropping));
  const at = { page, all: view.all };
  const listRows = () => [
    ...entries.map((entry, index) => entryRow(entry, { ...at, n: start + index + 1 }, texts)),
    ...pageRows({ ...at, pages, maySeeAll: maySeeAll(reader.context) }, texts),
  ];
  const rows =
    picked >= 0
      ? qualityRows(entries[picked], at, reader)
      : dropped >= 0
        ? sureRows(view.dropping ?? "", at, texts)
        : listRows();
  const downloads = view.fleet.downloads.length;
  const title = queued + downloads === 0 ? words.empty : bold(words.title(queued, downloads));
  const number = pages > 1 ? ` · ${words.page(page + 1, pages)}` : "";
  const { silent } = view.fleet;
  const paragraphs: (FormattableString | string)[] = [format`${title}${number}`];
  if (view.note !== undefined) paragraphs.unshift(view.note);
  paragraphs.push(...entries.map((entry, index) => described(entry, start + index + 1, view.all, reader)));
  if (silent.length > 0) {
    paragraphs.push(words.silent(silent.slice(0, MOST_SILENT_NAMED), Math.max(0, silent.length - MOST_SILENT_NAMED)));
  }
  if (picked >= 0) paragraphs.push(words.picking(start + picked + 1));
  else if (dropped >= 0) paragraphs.push(texts.work.queue.sure(start + dropped + 1));
  return { text: join(paragraphs, (one) => one, "\n\n"), keyboard: keyboardOf(rows) };
}

function isDropped(entry: Entry, choice: string | undefined): boolean {
  return choice !== undefined && entry.kind === "download" && downloadChoice(entry.download) === choice;
}

function cut(view: QueueView): { entries: Entry[]; page: number; pages: number; start: number; queued: number } {
  const { page, fleet, local } = view;
  const before = fleet.downloads.filter(({ status }) => status !== "DONE");
  const after = fleet.downloads.filter(({ status }) => status === "DONE");
  const start = page * ENTRIES_PER_PAGE;
  const atWork = before.slice(start, start + ENTRIES_PER_PAGE);
  const room = ENTRIES_PER_PAGE - atWork.length;
  const { links, total: queued } = local({ offset: Math.max(0, start - before.length), limit: room });
  const total = before.length + queued + after.length;
  const pages = Math.max(1, Math.ceil(total / ENTRIES_PER_PAGE));
  if (page >= pages) return cut({ ...view, page: pages - 1 });
  const skipped = Math.max(0, start - before.length - queued);
  const done = after.slice(skipped, skipped + room - links.length);
  const entries: Entry[] = [
    ...atWork.map((download) => ({ kind: "download", download }) as const),
    ...links.map((link) => ({ kind: "link", link }) as const),
    ...done.map((download) => ({ kind: "download", download }) as const),
  ];
  return { entries, page, pages, start, queued };
}

function described(
  entry: Entry,
  n: number,
  all: boolean,
  { context, calendar, downloaders, nameOf }: Reader,
): FormattableString {
  const { texts, language } = context;
  const words = texts.lists.queue;
  const owner = (chats: readonly number[]) =>
    all ? [words.owners(chats.map((id) => named(nameOf(id) ?? String(id))))] : [];
  if (entry.kind === "link") {
    const { link } = entry;
    const state = [...owner([link.chatId]), stateLine(link, { texts, language, calendar, downloaders })];
    const title = link.title === null ? "" : `${oneLine(link.title, LONGEST_NAME)}\n`;
    return format`${n}. ${title}${linkText(link.url)}\n${state.join(" · ")}`;
  }
  const { url, name = "", status, quality, downloader, remark, owners, ahead } = entry.download;
  const wanted = fromMaxQuality(quality);
  const title = name === "" ? "" : `${oneLine(name, LONGEST_NAME)}\n`;
  const state = [...owner(owners), words.status(status, ahead), words.at(downloader)];
  if (wanted !== undefined) state.push(texts.quality(wanted));
  return format`${n}. ${title}${linkText(url)}\n${state.join(" · ")}${remarkLine(remark, { longestTrouble: LONGEST_TROUBLE })}`;
}
