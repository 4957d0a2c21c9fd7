import type { NewsDesk } from "../../service/tracking/news.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Content } from "../context/content.ts";
import { newsChooser, newsItem, newsMessage, newsServers } from "../views/news-page.ts";
import type { DownloaderChoices } from "../views/prompt-buttons.ts";

/** Which view of a message of news a button asks for; `id` is that of one of its news, `choice` a page. */
interface Asked {
  readonly messageId: number;
  readonly action: string;
  readonly id: number;
  readonly choice: string;
}

/** Another view of a message of news, in its place; undefined if there is nothing of that kind any more. May throw `StoreUnavailable`. */
export function createNewsPanel(deps: {
  desk: Pick<NewsDesk, "ofMessage">;
  downloaders: Pick<DownloaderChoices, "matching">;
}): (context: ChatContext, asked: Asked) => Content | undefined {
  const { desk, downloaders } = deps;
  return ({ chatId, texts }, { messageId, action, id, choice }) => {
    const all = desk.ofMessage({ chatId, messageId });
    if (all.length === 0) return undefined;
    const page = Number(choice) || 0;
    if (action === "page") return newsMessage(all, { texts, page });
    if (action === "list") return newsChooser(all, { texts, page });
    const news = all.find((one) => one.id === id);
    if (news === undefined) return undefined;
    if (action === "one") return newsItem(news, { texts, isAlone: all.length === 1 });
    if (news.kind !== "failed") return undefined;
    const { url, lastError } = news.link;
    const others = downloaders.matching(url).filter((name) => name !== lastError?.downloader);
    return others.length === 0 ? undefined : newsServers(news, { texts, names: [...others].sort() });
  };
}
