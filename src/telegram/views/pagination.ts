import { bold, type FormattableString, format, join } from "gramio";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { keyboardOf, type Row } from "./keyboard.ts";

/** Which page of a list is shown; pages are counted from 0, and there is always one. */
interface Page {
  readonly page: number;
  readonly pages: number;
}

/** The buttons that turn a page: to its neighbours and, where there is a word for it, to itself again. */
export function pageRow(
  { page, pages, refresh }: Page & { refresh?: string },
  of: { press: (page: number) => string; texts: Texts },
): Row {
  const { button } = of.texts;
  const to = (other: number, label: string) => ({ label, press: of.press(other) });
  return {
    choices: [
      ...(page > 0 ? [to(page - 1, button.previous)] : []),
      ...(refresh === undefined ? [] : [to(page, refresh)]),
      ...(page < pages - 1 ? [to(page + 1, button.next)] : []),
    ],
  };
}

/** The page that was asked for, or the nearest that there is by now. */
export function nearestPage(wanted: number, pages: number): number {
  return Math.min(Math.max(wanted, 0), Math.max(pages - 1, 0));
}

/** What a page of a list shows; `offset` is how much of the list stands before it. */
export interface Cut<One> extends Page {
  readonly offset: number;
  readonly shown: readonly One[];
}

/** Cuts the page that was asked for out of a list, or the nearest that there is by now. */
export function cutPage<One>(all: readonly One[], { wanted, size }: { wanted: number; size: number }): Cut<One> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = nearestPage(wanted, pages);
  const offset = page * size;
  return { page, pages, offset, shown: all.slice(offset, offset + size) };
}

/** A page of numbered entries; each number is a button too, at most `width` of them side by side. */
export function numberedPage(
  { page, pages, offset, shown }: Cut<{ readonly text: FormattableString; readonly press: string }>,
  of: { title: string; gap: "\n" | "\n\n"; width: number; press: (page: number) => string; texts: Texts },
): Content {
  const numbers = shown.map(({ press }, index) => ({ label: String(offset + index + 1), press }));
  const entries = join([...shown], ({ text }, index) => format`${offset + index + 1}. ${text}`, of.gap);
  return {
    text: format`${bold(of.title)}\n\n${entries}`,
    keyboard: keyboardOf([{ choices: numbers, width: of.width }, pageRow({ page, pages }, of)]),
  };
}
