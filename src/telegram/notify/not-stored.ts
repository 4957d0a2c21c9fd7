import { InlineKeyboard } from "gramio";
import type { Language } from "../../domain/chat.ts";
import type { NewLink } from "../../domain/link.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import { newsButton } from "../views/callback-data.ts";

/**
 * Tells its owner that a link which was noted cannot be put into the queue: in every chat, because it was promised, and until it is read.
 * `downloader` may have it. Does not throw.
 */
export type TellNotStored = (link: NewLink, downloader: string | null) => void;

export function createTellNotStored(deps: {
  replies: Pick<Replies, "alarm">;
  languageOf: (chatId: number) => Language;
}): TellNotStored {
  return ({ chatId, threadId, url }, downloader) => {
    const words = texts[deps.languageOf(chatId)];
    const text = words.notStored(url, downloader ?? undefined);
    void deps.replies.alarm(
      { chatId, threadId },
      { text, keyboard: new InlineKeyboard().text(words.news.button.ok, newsButton.pack({ action: "ok" })) },
    );
  };
}
