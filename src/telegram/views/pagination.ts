import type { Texts } from "../locales/locales.ts";
import type { Row } from "./keyboard.ts";

/** The buttons that turn a page: to its neighbours and, where there is a word for it, to itself again. */
export function turnRow(
  { page, pages, refresh }: { page: number; pages: number; refresh?: string },
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
