import { bold, type FormattableString, format, join } from "gramio";
import { saysItFailed } from "../../domain/downloads.ts";
import { fromMaxQuality } from "../../domain/quality.ts";
import { named, oneLine } from "../../domain/text.ts";
import { maySeeAll } from "../context/chat-context.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { againRow, describedDone } from "./done-page.ts";
import { keyboardOf } from "./keyboard.ts";
import { linkText } from "./link-text.ts";
import { stateLine } from "./prompt.ts";
import { downloadChoice, entryRow, filterRow, pageRows, qualityRows, sureRows } from "./queue-buttons.ts";
import { type Counts, countsOf, cutQueue, type QueueCut } from "./queue-cut.ts";
import type { Entry, QueueView, Reader } from "./queue-view.ts";
import { wholeQuestion, wholeRows } from "./queue-whole.ts";
import { remarkLine } from "./remark.ts";
import { silentServers } from "./silent-servers.ts";

const LONGEST_NAME = 60;
const LONGEST_TROUBLE = 300;

/**
 * A page of what a chat has, by state: what downloaders are working on, what waits here, what is done; or a part of that. Reads only the
 * rows from the queue that it shows. Never longer than a message may be.
 */
export function queuePage(view: QueueView, reader: Reader): Content {
  const { texts } = reader.context;
  const counts = countsOf(view);
  const cut = cutQueue(view, counts);
  const { entries, page, pages, offset } = cut;
  const question = questionOf(view, cut, reader);
  const number = pages > 1 ? ` · ${texts.lists.queue.page(page + 1, pages)}` : "";
  const paragraphs: (FormattableString | string)[] = [format`${titleOf(view, counts, texts)}${number}`];
  if (view.note !== undefined) paragraphs.unshift(view.note);
  paragraphs.push(...entries.map((entry, index) => described(entry, offset + index + 1, view.all, reader)));
  const silent = silentServers(view.fleet.silent, texts);
  if (silent !== undefined) paragraphs.push(silent);
  if (question !== undefined) paragraphs.push(question.text);
  const rows = question?.rows ?? listRows(view, { ...cut, counts }, reader);
  return { text: join(paragraphs, (one) => one, "\n\n"), keyboard: keyboardOf(rows) };
}

function titleOf({ filter, fleet }: QueueView, counts: Counts, { lists, queue }: Texts): FormattableString | string {
  if (filter !== "all") {
    return counts[filter] === 0 ? queue.nothing[filter] : bold(queue.counted(queue.filter[filter], counts[filter]));
  }
  const there = fleet.downloads.length;
  return counts.all === 0 ? lists.queue.empty : bold(lists.queue.title(counts.all - there, there));
}

/** The question in place of the other buttons. */
function questionOf(view: QueueView, { entries, page, offset }: QueueCut, reader: Reader) {
  const { context } = reader;
  const at = { page, all: view.all, filter: view.filter };
  const words = context.texts;
  const picked = entries.findIndex((entry) => entry.kind === "link" && entry.link.id === view.picking);
  if (picked >= 0) {
    return { text: words.lists.queue.picking(offset + picked + 1), rows: qualityRows(entries[picked], at, reader) };
  }
  const dropped = entries.findIndex((entry) => isDropped(entry, view.dropping));
  if (dropped >= 0) {
    return { text: words.work.queue.sure(offset + dropped + 1), rows: sureRows(view.dropping ?? "", at, words) };
  }
  const { whole, asking } = view;
  if (asking === undefined || whole === undefined) return undefined;
  if (whole.count === 0 && (asking === "folder" || (whole.there?.count ?? 0) === 0)) return undefined;
  return wholeQuestion(whole, asking, { ...reader, page });
}

function listRows(
  view: QueueView,
  { entries, page, pages, offset, counts }: QueueCut & { counts: Counts },
  reader: Reader,
) {
  const { context } = reader;
  const { texts } = context;
  const at = { page, all: view.all, filter: view.filter };
  const done = entries.flatMap((entry) => (entry.kind === "done" ? [entry.delivery] : []));
  const isNothing = view.filter === "all" && Object.values(counts).every((count) => count === 0);
  return [
    ...entries.flatMap((entry, index) => {
      return entry.kind === "done" ? [] : [entryRow(entry, { ...at, n: offset + index + 1 }, texts)];
    }),
    againRow({ entries: done, offset, page, word: "" }, texts),
    ...(view.whole === undefined ? [] : wholeRows(view.whole, view.undo, { ...reader, page })),
    ...(isNothing ? [] : [filterRow(counts, at, texts)]),
    ...pageRows({ ...at, pages, maySeeAll: maySeeAll(context) }, texts),
  ];
}

function isDropped(entry: Entry, choice: string | undefined): boolean {
  return choice !== undefined && entry.kind === "download" && downloadChoice(entry.download) === choice;
}

function described(
  entry: Entry,
  n: number,
  all: boolean,
  { context, calendar, downloaders, percentageOf, nameOf }: Reader,
): FormattableString {
  const { texts, language } = context;
  const words = texts.lists.queue;
  if (entry.kind === "done") return describedDone(entry.delivery, n, { texts, language, calendar });
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
  const percentage = status === "WORK" ? percentageOf(entry.download) : undefined;
  const progress = percentage === undefined ? [] : [`${Math.floor(percentage)} %`];
  const shown = saysItFailed(entry.download) ? words.failedThere : words.status(status, ahead);
  const state = [...owner(owners), shown, ...progress, words.at(downloader)];
  if (wanted !== undefined) state.push(texts.quality(wanted));
  return format`${n}. ${title}${linkText(url)}\n${state.join(" · ")}${remarkLine(remark, { longestTrouble: LONGEST_TROUBLE })}`;
}
