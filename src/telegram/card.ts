import { type FormattableString, format, InlineKeyboard, link as linkTo } from "gramio";
import type { Language } from "../domain/chat.ts";
import { isBeingHandedOver, type Link } from "../domain/link.ts";
import type { Quality } from "../domain/quality.ts";
import { plain } from "../domain/text.ts";
import { formatInstant } from "../domain/time.ts";
import { linkButton } from "./callback.ts";
import type { Texts } from "./texts/en.ts";
import { texts } from "./texts/texts.ts";

/** What the config lets people choose, and how they read instants. */
export interface CardSettings {
  readonly qualities: readonly Quality[];
  readonly folders: readonly string[];
  readonly timeZone: string;
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
  return url.length <= LONGEST_SHOWN ? url : linkTo(plain(url, LONGEST_SHOWN), url);
}

/** One line on how a link stands. */
export function stateLine(link: Link, of: { texts: Texts; language: Language; timeZone: string; now: number }): string {
  const { card } = of.texts;
  const at = formatInstant(link.sendAt, { zone: of.timeZone, language: of.language, now: of.now });
  if (link.state === "sending") return card.sending;
  if (link.state === "uncertain") return card.uncertain;
  if (link.state === "unmatched") return card.unmatched;
  if (link.state === "failed") return card.failed(link.attempts, link.lastError);
  if (link.lastError !== null && link.sendAt > of.now) return card.retry(link.attempts, link.lastError, at);
  return link.sendAt <= of.now ? card.goingOut : card.waiting(at);
}

/** A link's prompt: how it stands, and the buttons for what can still be chosen (rule 6), the chosen ones marked. */
export function card(link: Link, language: Language, settings: CardSettings, now: number): Content {
  const words = texts[language];
  const state = stateLine(link, { texts: words, language, timeZone: settings.timeZone, now });
  const text = format`${shownLink(link.url)}\n${state}\n${words.card.details(link.quality, link.folder)}`;
  return isBeingHandedOver(link) ? { text } : { text, keyboard: keyboard(link, words, settings) };
}

function keyboard(link: Link, words: Texts, settings: CardSettings): InlineKeyboard {
  const buttons = new InlineKeyboard();
  const rowOf = <T>(action: "quality" | "folder", choices: readonly T[], of: (choice: T, index: number) => Choice) => {
    for (const [index, choice] of choices.entries()) {
      const { label, value, chosen } = of(choice, index);
      const mark = chosen ? "✅ " : "";
      buttons.text(`${mark}${label}`, linkButton.pack({ id: link.id, action, choice: value }));
      if (index % BUTTONS_PER_ROW === BUTTONS_PER_ROW - 1) buttons.row();
    }
    buttons.row();
  };
  rowOf("quality", settings.qualities, (quality) => ({
    label: words.quality(quality),
    value: String(quality),
    chosen: quality === link.quality,
  }));
  rowOf("folder", settings.folders, (folder, index) => ({
    label: folder,
    value: String(index),
    chosen: folder === link.folder,
  }));
  const again = link.state === "failed";
  return buttons
    .text(
      again ? words.button.retry : words.button.now,
      linkButton.pack({ id: link.id, action: again ? "retry" : "now" }),
    )
    .text(words.button.remove, linkButton.pack({ id: link.id, action: "remove" }));
}

interface Choice {
  readonly label: string;
  readonly value: string;
  readonly chosen: boolean;
}
