import { type FormattableString, format, InlineKeyboard, link as linkTo } from "gramio";
import type { Language } from "../domain/chat.ts";
import type { Link } from "../domain/link.ts";
import type { Quality } from "../domain/quality.ts";
import { foreign, plain } from "../domain/text.ts";
import { formatInstant } from "../domain/time.ts";
import { linkButton } from "./callback.ts";
import { choicesOf, type Row } from "./card/choices.ts";
import type { Texts } from "./texts/en.ts";
import { texts } from "./texts/texts.ts";

/** What people can choose for a link, and how they read instants. */
export interface CardSettings {
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
  readonly timeZone: string;
  /** "HH:MM" of "tonight". */
  readonly night: string;
  readonly servers: Servers;
}

/** The downloaders that a link's owner can choose from, by name. */
export interface Servers {
  /** Everyone who takes this address. */
  matching(url: string): readonly string[];
  all(): readonly string[];
}

/** A message as it is to stand in the chat. */
export interface Content {
  readonly text: FormattableString | string;
  readonly keyboard?: InlineKeyboard;
}

const BUTTONS_PER_ROW = 3;
const LONGEST_SHOWN = 300;

/** A link in a text: as it is or, when it is very long, short to read and whole to press. */
export function shownLink(url: string): FormattableString | string {
  if (url.length <= LONGEST_SHOWN) return foreignUnlessPlain(url);
  return linkedTo(url, foreignUnlessPlain(plain(url, LONGEST_SHOWN)));
}

/** A text to press that opens the address, where Telegram allows that (Bot API: http or https, and a host with a dot). */
export function linkedTo(url: string, text: string): FormattableString | string {
  const { protocol = "", hostname = "" } = URL.parse(url) ?? {};
  return /^https?:$/.test(protocol) && hostname.includes(".") ? linkTo(text, url) : text;
}

/** One line on how a link stands. */
export function stateLine(link: Link, of: { texts: Texts; language: Language; timeZone: string; now: number }): string {
  const { card } = of.texts;
  const at = formatInstant(link.sendAt, { zone: of.timeZone, language: of.language, now: of.now });
  if (link.state === "removed") return card.removed;
  if (link.state === "sending") return card.sending;
  if (link.state === "uncertain") return card.uncertain;
  if (link.state === "unmatched") {
    return link.downloader === null ? card.unmatched : card.unmatchedChosen(link.downloader);
  }
  if (link.state === "failed") return card.failed(link.attempts, link.lastError);
  if (link.sendAt <= of.now) return card.goingOut;
  return link.lastError === null ? card.waiting(at) : card.retry(link.attempts, link.lastError, at);
}

/**
 * A link's prompt: how it stands, and the buttons for what can be chosen (rule 6), the chosen ones marked. While it is being
 * handed over they stay, lest the message jumps, and answer that it is already being sent.
 */
export function card(link: Link, language: Language, settings: CardSettings, now: number): Content {
  const words = texts[language];
  const state = stateLine(link, { texts: words, language, timeZone: settings.timeZone, now });
  const shown = shownLink(link.url);
  if (link.state === "removed") {
    const undo = linkButton.pack({ id: link.id, action: "undo" });
    return { text: format`${shown}\n${state}`, keyboard: new InlineKeyboard().text(words.card.button.undo, undo) };
  }
  const text = format`${shown}\n${state}\n${words.card.details(link)}`;
  return { text, keyboard: keyboard(choicesOf(link, { words, settings, now })) };
}

/** Rows of buttons, each broken where it gets too wide for a phone; chosen ones are marked. */
export function keyboard(rows: readonly Row[]): InlineKeyboard {
  const buttons = new InlineKeyboard();
  for (const { choices, width = BUTTONS_PER_ROW } of rows) {
    for (const [index, { label, press, chosen = false }] of choices.entries()) {
      if (index % width === 0) buttons.row();
      buttons.text(`${chosen ? "✅ " : ""}${label}`, press);
    }
  }
  return buttons;
}

/** A parsed link is ASCII, which needs no isolation; anything else a person wrote does. */
function foreignUnlessPlain(text: string): string {
  return /^[\x21-\x7e…]*$/.test(text) ? text : foreign(text);
}
