import { bold, type FormattableString, format, join } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { named, oneLine } from "../../domain/text.ts";
import type { HistoryPage } from "../../service/tracking/history.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { doneButton } from "./callback-data.ts";
import { keyboardOf, type Row } from "./keyboard.ts";
import { linkName } from "./link-name.ts";
import { linkedTo } from "./link-text.ts";
import { pageRow } from "./pagination.ts";

/** Bot API: 64 bytes of callback data, which contains the word. */
const LONGEST_WORD_BYTES = 36;
const NUMBERS_PER_ROW = 3;

/** What a page shows; `isPicking`: it asks which one to fetch again. */
export interface DoneView extends HistoryPage {
  readonly word: string;
  readonly isPicking: boolean;
}

interface Reader {
  readonly texts: Texts;
  readonly language: Language;
  readonly calendar: Pick<Calendar, "format">;
}

/** The search, as far as a button can carry it: one line, without the beginning that every address has. */
export function searchWord(args: string): string {
  const line = args
    .toWellFormed()
    .normalize("NFC")
    .replace(/^https?:\/\/(www\.)?/i, "")
    .replace(/\s+/g, " ")
    .trim();
  let word = "";
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    if (bytesOf(word + segment) > LONGEST_WORD_BYTES) break;
    word += segment;
  }
  return word.trim();
}

/** In callback data, where some characters take two. */
function bytesOf(word: string): number {
  return Buffer.byteLength(word) + word.replace(/[^;\\=]/g, "").length;
}

/** A page of what was downloaded, with buttons to fetch each again. */
export function donePage(view: DoneView, reader: Reader): Content {
  const words = reader.texts.done;
  const { entries, total, page, pages, offset, word, isPicking } = view;
  if (total === 0) return { text: word === "" ? words.empty : words.notFound(shown(word)) };
  const title = word === "" ? words.title(total) : words.found(shown(word), total);
  const number = pages > 1 ? ` · ${words.page(page + 1, pages)}` : "";
  const lines = entries.map((entry, index) => describedDone(entry, offset + index + 1, reader));
  const question = isPicking ? [words.picking] : [];
  const turns = pageRow(view, { press: (other) => pressOf("page", { page: other, word }), texts: reader.texts });
  return {
    text: join([format`${bold(title)}${number}`, ...lines, ...question], (line) => line, "\n\n"),
    keyboard: keyboardOf(isPicking ? numbers(view, reader.texts) : [turns, more(view, reader.texts)]),
  };
}

const shown = (word: string) => oneLine(word, LONGEST_WORD_BYTES);

/** A download, with its number in the list. */
export function describedDone(delivery: Delivery, n: number, { language, calendar }: Reader): FormattableString {
  const { url, title, name, downloader, folder, closedAt, acceptedAt } = delivery;
  const called = linkName({ title: name === null || name.trim() === "" ? title : name, url });
  const facts = [calendar.format(closedAt ?? acceptedAt, language), named(downloader)];
  if (folder !== null) facts.push(named(folder));
  return format`${n}. ${linkedTo(url, called)}\n${facts.join(" · ")}`;
}

/** What a press carries. */
function pressOf(action: "page" | "pick" | "again", of: { page: number; word: string; id?: number }): string {
  const { page, word, id } = of;
  return doneButton.pack({ action, page, ...(id !== undefined && { id }), ...(word !== "" && { word }) });
}

function more({ page, word }: DoneView, { done: { button } }: Texts): Row {
  return { choices: [{ label: button.again, press: pressOf("pick", { page, word }) }] };
}

function numbers(view: DoneView, texts: Texts): Row[] {
  const { page, word } = view;
  const back = { label: texts.button.back, press: pressOf("page", { page, word }) };
  return [againRow(view, texts), { choices: [back] }];
}

/** Buttons to fetch each again: a button carries its delivery, so that one that is pressed late means the same link. */
export function againRow(
  { entries, offset, page, word }: Pick<DoneView, "entries" | "offset" | "page" | "word">,
  { done: { button } }: Texts,
): Row {
  const choices = entries.map(({ id }, index) => ({
    label: button.number(offset + index + 1),
    press: pressOf("again", { page, word, id }),
  }));
  return { choices, width: NUMBERS_PER_ROW };
}
