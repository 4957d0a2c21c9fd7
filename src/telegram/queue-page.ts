import { bold, type FormattableString, format, InlineKeyboard, join } from "gramio";
import type { Link } from "../domain/link.ts";
import { fromMaxQuality, type Quality } from "../domain/quality.ts";
import type { FleetDownload, FleetList } from "../service/fleet.ts";
import { type Content, shownLink, stateLine } from "./card.ts";
import { type Conversation, maySeeAll } from "./conversation.ts";
import { oneLine } from "./progress.ts";
import { addEntry, addQualities, addTurns } from "./queue-page/buttons.ts";
import { named } from "./texts/name.ts";

/** What one page of /queue shows. */
export interface QueueView {
  /** From 0 on; one that is not there (any more) stands for the last. */
  readonly page: number;
  /** Everyone's, for an admin. */
  readonly all: boolean;
  readonly fleet: FleetList;
  /** A part of the local queue, and how many links it has in all. */
  readonly local: (of: { offset: number; limit: number }) => {
    readonly links: readonly Link[];
    readonly total: number;
  };
  /** The link whose quality is being chosen in place of the other buttons. */
  readonly picking?: number;
  /** What the last press did, when that took a while to find out. */
  readonly note?: string;
}

/** Who reads it, and what the config says. */
export interface Reading {
  readonly who: Pick<Conversation, "texts" | "language" | "actor" | "isPrivate">;
  readonly qualities: readonly Quality[];
  readonly timeZone: string;
  readonly now: number;
  /** How an admin knows a chat. */
  readonly nameOf: (chatId: number) => string | undefined;
}

/** One of a chat's links: it waits here, or a downloader has it. */
export type Entry =
  | { readonly kind: "link"; readonly link: Link }
  | { readonly kind: "download"; readonly download: FleetDownload };

const ENTRIES_PER_PAGE = 5;
const LONGEST_NAME = 60;
const LONGEST_MESSAGE = 100;
const MOST_SILENT_NAMED = 3;
/** wire.md: the name of a link that was queued just now. */
const NO_NAME_YET = "COMING SOON";

/**
 * A page of what a chat has, by work status: what downloaders are at, what waits here, what is done. Reads from the
 * queue only the rows that it shows. Never longer than a message may be.
 */
export function queuePage(view: QueueView, reading: Reading): Content {
  const { texts } = reading.who;
  const words = texts.lists.queue;
  const { entries, page, pages, start, queued } = cut(view);
  const keyboard = new InlineKeyboard();
  const picked = entries.findIndex((entry) => entry.kind === "link" && entry.link.id === view.picking);
  const at = { page, all: view.all };
  if (picked >= 0) addQualities(keyboard, entries[picked], at, reading);
  else {
    for (const [index, entry] of entries.entries()) addEntry(keyboard, entry, { ...at, n: start + index + 1 }, reading);
    addTurns(keyboard, { ...at, pages, maySeeAll: maySeeAll(reading.who) }, texts);
  }
  const downloads = view.fleet.downloads.length;
  const title = queued + downloads === 0 ? words.empty : bold(words.title(queued, downloads));
  const number = pages > 1 ? ` · ${words.page(page + 1, pages)}` : "";
  const { silent } = view.fleet;
  const paragraphs: (FormattableString | string)[] = [format`${title}${number}`];
  if (view.note !== undefined) paragraphs.unshift(view.note);
  paragraphs.push(...entries.map((entry, index) => described(entry, start + index + 1, view.all, reading)));
  if (silent.length > 0) {
    paragraphs.push(words.silent(silent.slice(0, MOST_SILENT_NAMED), Math.max(0, silent.length - MOST_SILENT_NAMED)));
  }
  if (picked >= 0) paragraphs.push(words.picking(start + picked + 1));
  return { text: join(paragraphs, (one) => one, "\n\n"), keyboard };
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

function described(entry: Entry, n: number, all: boolean, { who, timeZone, now, nameOf }: Reading): FormattableString {
  const { texts, language } = who;
  const words = texts.lists.queue;
  const owner = (chats: readonly number[]) =>
    all ? [words.owners(chats.map((id) => named(nameOf(id) ?? String(id))))] : [];
  if (entry.kind === "link") {
    const { link } = entry;
    const state = [...owner([link.chatId]), stateLine(link, { texts, language, timeZone, now })];
    return format`${n}. ${shownLink(link.url)}\n${state.join(" · ")}`;
  }
  const { url, name = "", status, quality, downloader, message = "", owners } = entry.download;
  const wanted = fromMaxQuality(quality);
  const title = name === "" || name === NO_NAME_YET ? "" : `${oneLine(name, LONGEST_NAME)}\n`;
  const state = [...owner(owners), words.status(status), words.at(downloader)];
  if (wanted !== undefined) state.push(texts.quality(wanted));
  const trouble = message.trim() === "" ? "" : `\n⚠️ ${oneLine(message, LONGEST_MESSAGE)}`;
  return format`${n}. ${title}${shownLink(url)}\n${state.join(" · ")}${trouble}`;
}
