import { bold, type FormattableString, format, join } from "gramio";
import { type PagePlace, pagePlace } from "../../domain/page.ts";
import { oneLine } from "../../domain/text.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { keyboardOf, type Row } from "./keyboard.ts";

const BUTTONS_PER_ROW = 2;

/**
 * The buttons that turn a page: to its neighbours, to both ends if they are further away, and, if there is a word for it, to the same page
 * again.
 */
export function pageRow(
  { page, pages, refresh }: Omit<PagePlace, "offset"> & { refresh?: string },
  of: { press: (page: number) => string; texts: Texts },
): Row {
  const { button } = of.texts;
  const to = (other: number, label: string) => ({ label, press: of.press(other) });
  const last = pages - 1;
  return {
    width: BUTTONS_PER_ROW,
    choices: [
      ...(page > 1 ? [to(0, button.first)] : []),
      ...(page > 0 ? [to(page - 1, button.previous)] : []),
      ...(page < last ? [to(page + 1, button.next)] : []),
      ...(page < last - 1 ? [to(last, button.last)] : []),
      ...(refresh === undefined ? [] : [to(page, refresh)]),
    ],
  };
}

/** What a page of a list shows. */
export interface Cut<One> extends PagePlace {
  readonly shown: readonly One[];
}

/** Cuts the page that was asked for out of a list, or the nearest one that exists now. */
export function cutPage<One>(all: readonly One[], of: { wanted: number; size: number }): Cut<One> {
  const place = pagePlace(all.length, of);
  return { ...place, shown: all.slice(place.offset, place.offset + of.size) };
}

/** On a phone, a row holds two names. */
const NAMES_PER_ROW = 2;
const LONGEST_NAME = 24;

/** An entry of a list: its text, and what its button says and does. The name is foreign text. */
interface NumberedEntry {
  readonly text: FormattableString;
  readonly name: string;
  readonly press: string;
}

/** A page of numbered entries, each with a button that also says its name: from a bare number a screen reader reads nothing else. */
export function numberedPage(
  { page, pages, offset, shown }: Cut<NumberedEntry>,
  of: { title: string; gap: "\n" | "\n\n"; press: (page: number) => string; texts: Texts },
): Content {
  const choices = shown.map(({ name, press }, index) => ({
    label: `${offset + index + 1}. ${oneLine(name, LONGEST_NAME)}`,
    press,
  }));
  const entries = join([...shown], ({ text }, index) => format`${offset + index + 1}. ${text}`, of.gap);
  return {
    text: format`${bold(of.title)}\n\n${entries}`,
    keyboard: keyboardOf([{ choices, width: NAMES_PER_ROW }, pageRow({ page, pages }, of)]),
  };
}
