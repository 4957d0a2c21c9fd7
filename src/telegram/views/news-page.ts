import { code, type FormattableString, format, join } from "gramio";
import type { News } from "../../domain/news.ts";
import { oneLine, plain } from "../../domain/text.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { LONGEST_COPIED } from "./keyboard.ts";
import { readable } from "./link-name.ts";
import { isLinkable, linkedTo } from "./link-text.ts";
import { mentionsOf } from "./mentions.ts";
import { chooserButtons, isActionable, listButtons, oneButtons, serverButtons } from "./news-buttons.ts";
import { cutPage } from "./pagination.ts";

/** Eight of the longest lines fit into a message (Bot API: 4096 UTF-16 units). */
const PAGE_SIZE = 8;
const LONGEST_TITLE = 70;
const LONGEST_TROUBLE = 160;
const LONGEST_LABEL = 40;

/** What needs somebody's attention comes first. */
const ORDER: readonly News["kind"][] = ["failed", "lost", "unknown", "trouble", "done"];

/** The link that a piece of news is about, wherever it is now. */
export const subjectOf = (news: News) => (news.kind === "failed" ? news.link : news.delivery);

/** The news of a message, in this order on every page. */
const sortedNews = (all: readonly News[]): News[] =>
  all.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.id - b.id);

/** One message about what a chat's people wait for: in full if it is one thing, otherwise a line each, in pages. */
export function newsMessage(all: readonly News[], of: { texts: Texts; page?: number }): Content {
  const { texts, page: wanted = 0 } = of;
  const [first, ...others] = sortedNews(all);
  if (first === undefined) return { text: texts.news.readLine };
  if (others.length === 0) return newsItem(first, { texts, isAlone: true });
  const { page, pages, shown } = cutPage([first, ...others], { wanted, size: PAGE_SIZE });
  const mentions = mentionsOf(shown.map(subjectOf), texts.news.sender);
  const done = all.filter(({ kind }) => kind === "done").length;
  const head = [
    ...(mentions.ofAll === undefined ? [] : [mentions.ofAll]),
    ...(pages > 1
      ? [`${texts.news.summary({ done, bad: all.length - done })} · ${texts.news.page(page + 1, pages)}`]
      : []),
  ];
  const lines = shown.map((news, index) => {
    const mention = mentions.ofEach[index];
    return mention === undefined ? line(news, texts) : format`${mention} ${line(news, texts)}`;
  });
  return {
    text: format`${join([...head, ...lines], (shownLine) => shownLine, "\n")}`,
    keyboard: listButtons(all, { texts, page, pages }),
  };
}

/** One thing of a message in full, with all that can be done about it; `isAlone`: the message tells nothing else. */
export function newsItem(news: News, { texts, isAlone }: { texts: Texts; isAlone: boolean }): Content {
  const { url } = subjectOf(news);
  const { ofAll } = mentionsOf([subjectOf(news)], texts.news.sender);
  const isAtHand = isLinkable(url) ? news.kind === "done" || url.length <= LONGEST_COPIED : url.length <= LONGEST_TITLE;
  const lines = [
    ...(ofAll === undefined ? [] : [ofAll]),
    line(news, texts),
    ...(isAtHand ? [] : [format`${code(url)}`]),
  ];
  return {
    text: format`${join(lines, (shown) => shown, "\n")}`,
    keyboard: oneButtons(news, { texts, isAlone, copied: url.length <= LONGEST_COPIED ? url : undefined }),
  };
}

/** A link by its name, by what its message called it, or by its host and path; as a link. */
export function titleOf(news: News): FormattableString | string {
  const { url, title } = subjectOf(news);
  const given = news.kind === "failed" ? "" : oneLine(news.delivery.name ?? "", LONGEST_TITLE);
  const name = given || oneLine(title ?? "", LONGEST_TITLE);
  if (name !== "") return linkedTo(url, name);
  const shown = isLinkable(url) ? readable(url.replace(/^https?:\/\/(www\.)?/i, "")) : url;
  return linkedTo(url, oneLine(shown, LONGEST_TITLE));
}

function line(news: News, { news: words }: Texts): FormattableString {
  const what = titleOf(news);
  if (news.kind === "failed") {
    const { link } = news;
    if (link.state === "failed") return words.failed(what, link.attempts, link.lastError);
    return link.state === "removed" ? words.removed(what) : words.again(what);
  }
  const { downloader, trouble, state } = news.delivery;
  if (state === "done") {
    const missing = trouble === null ? "" : `\n⚠️ ${oneLine(trouble, LONGEST_TROUBLE)}`;
    return format`${words.done(what, downloader)}${missing}`;
  }
  if (news.kind === "trouble") return words.trouble(what, downloader, oneLine(trouble ?? "", LONGEST_TROUBLE));
  return words[news.kind](what, downloader);
}

/** The way to one of those about which something can be done. */
export function newsChooser(all: readonly News[], { texts, page: wanted }: { texts: Texts; page: number }): Content {
  const { page, pages, shown } = cutPage(sortedNews(all).filter(isActionable), { wanted, size: PAGE_SIZE });
  const choices = shown.map((news) => ({ id: news.id, label: plain(titleOf(news).toString(), LONGEST_LABEL) }));
  return { text: texts.news.oneByOne, keyboard: chooserButtons(choices, { texts, page, pages }) };
}

/** The question which server is to get a link. */
export function newsServers(news: News, { texts, names }: { texts: Texts; names: readonly string[] }): Content {
  return { text: texts.news.servers(titleOf(news)), keyboard: serverButtons(news.id, names, texts) };
}
