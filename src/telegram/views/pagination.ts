import { bold, type FormattableString, format, join } from "gramio";
import { oneLine } from "../../domain/text.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { keyboardOf, type Row } from "./keyboard.ts";

/** Which page of a list is shown; pages are counted from 0, and there is always one. */
interface Page {
  readonly page: number;
  readonly pages: number;
}

const BUTTONS_PER_ROW = 2;

/**
 * The buttons that turn a page: to its neighbours, to both ends if they are further away, and, if there is a word for it, to the same page
 * again.
 */
export function pageRow(
  { page, pages, refresh }: Page & { refresh?: string },
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

/** The page that was asked for, or the nearest one that exists now. */
export function nearestPage(wanted: number, pages: number): number {
  return Math.min(Math.max(wanted, 0), Math.max(pages - 1, 0));
}

/** What a page of a list shows; `offset` is how much of the list comes before it. */
export interface Cut<One> extends Page {
  readonly offset: number;
  readonly shown: readonly One[];
}

/** Cuts the page that was asked for out of a list, or the nearest one that exists now. */
export function cutPage<One>(all: readonly One[], { wanted, size }: { wanted: number; size: number }): Cut<One> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = nearestPage(wanted, pages);
  const offset = page * size;
  return { page, pages, offset, shown: all.slice(offset, offset + size) };
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
