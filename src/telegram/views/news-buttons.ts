import { InlineKeyboard } from "gramio";
import { hasFailedThere } from "../../domain/delivery.ts";
import type { News } from "../../domain/news.ts";
import { named, plain } from "../../domain/text.ts";
import type { Texts } from "../locales/locales.ts";
import { codeOf, newsButton } from "./callback-data.ts";

/** Bot API: 100 buttons a message; with more servers, the operator's routes should choose. */
const MOST_SERVERS = 20;
const LONGEST_LABEL = 30;

type Action = Parameters<typeof newsButton.pack>[0]["action"];

const press = (action: Action, of: { id?: number; choice?: string } = {}) => newsButton.pack({ action, ...of });

/** Somebody can do something about it now. */
const isGivenUp = (news: News) => news.kind === "failed" && news.link.state === "failed";
/** No downloader has it, as far as is known, or the one that has it has failed. */
export const canBeSentAgain = (news: News) =>
  news.kind !== "failed" && (isNow(news, "lost") || isNow(news, "unknown") || isOver(news));
/** An unknown end may have become known since. */
const isNow = (news: Exclude<News, { kind: "failed" }>, state: "lost" | "unknown") =>
  news.kind === state && news.delivery.state === state;
/** Its failure was told, and its downloader has not taken it up again; it may have forgotten it since. */
const isOver = ({ kind, delivery }: Exclude<News, { kind: "failed" }>) =>
  kind === "trouble" && (delivery.state === "lost" || (delivery.state === "open" && hasFailedThere(delivery)));
/** News that can be acted on, not only read. */
export const isActionable = (news: News) => isGivenUp(news) || canBeSentAgain(news);

/** The buttons for one thing. */
export function oneButtons(
  news: News,
  { texts, isAlone, copied }: { texts: Texts; isAlone: boolean; copied: string | undefined },
): InlineKeyboard {
  const { button } = texts.news;
  const { id } = news;
  const keyboard = new InlineKeyboard();
  if (isGivenUp(news)) {
    keyboard.text(button.retry, press("retry", { id })).text(button.server, press("servers", { id })).row();
    keyboard.text(button.remove, press("remove", { id }));
  }
  if (news.kind === "failed" && news.link.state === "removed") keyboard.text(button.undo, press("undo", { id })).row();
  if (canBeSentAgain(news)) keyboard.text(button.again, press("again", { id }));
  if (isActionable(news)) {
    if (copied !== undefined) keyboard.copy(button.copy, copied);
    keyboard.row();
  }
  return isAlone ? keyboard.text(button.ok, press("ok")) : keyboard.text(texts.button.back, press("page"));
}

/** The buttons for several things: what can be done about all of them, and a way to each. */
export function listButtons(
  all: readonly News[],
  { texts, page, pages }: { texts: Texts; page: number; pages: number },
): InlineKeyboard {
  const { button } = texts.news;
  const keyboard = new InlineKeyboard();
  const failed = all.filter(isGivenUp).length;
  const sendable = all.filter(canBeSentAgain).length;
  if (failed > 0) keyboard.text(failed === 1 ? button.retry : button.retryAll(failed), press("retryAll")).row();
  if (sendable > 0) keyboard.text(sendable === 1 ? button.again : button.againAll(sendable), press("againAll")).row();
  if (failed + sendable > 0) keyboard.text(button.oneByOne, press("list")).row();
  addTurns(keyboard, "page", { texts, page, pages });
  return keyboard.row().text(button.ok, press("ok"));
}

/** The way to one of several. */
export function chooserButtons(
  shown: readonly { readonly id: number; readonly label: string }[],
  { texts, page, pages }: { texts: Texts; page: number; pages: number },
): InlineKeyboard {
  const keyboard = new InlineKeyboard();
  for (const { id, label } of shown) keyboard.text(label, press("one", { id })).row();
  addTurns(keyboard, "list", { texts, page, pages });
  return keyboard.row().text(texts.button.back, press("page"));
}

/** The ways to the pages before and after this one. */
function addTurns(
  keyboard: InlineKeyboard,
  action: "page" | "list",
  { texts, page, pages }: { texts: Texts; page: number; pages: number },
): void {
  const { previous, next } = texts.news.button;
  if (page > 0) keyboard.text(previous, press(action, { choice: String(page - 1) }));
  if (page < pages - 1) keyboard.text(next, press(action, { choice: String(page + 1) }));
}

/** The servers that may get a link instead of the one that did not take it. */
export function serverButtons(id: number, names: readonly string[], texts: Texts): InlineKeyboard {
  const keyboard = new InlineKeyboard();
  for (const name of names.slice(0, MOST_SERVERS)) {
    keyboard.text(named(plain(name, LONGEST_LABEL)), press("server", { id, choice: codeOf(name) })).row();
  }
  return keyboard.text(texts.button.back, press("one", { id }));
}
