import { type FormattableString, format, InlineKeyboard, join } from "gramio";
import type { Language, NoticeStyle } from "../../domain/chat.ts";
import type { DeliveryEvent } from "../../domain/delivery.ts";
import type { Link, NewLink } from "../../domain/link.ts";
import { foreign, oneLine } from "../../domain/text.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { type Texts, texts } from "../locales/locales.ts";
import { resendButton } from "../views/callback-data.ts";
import { linkedTo, linkText } from "../views/link-text.ts";
import { truncated } from "../views/truncate.ts";
import type { MessageReactions } from "./message-reactions.ts";

/** Tells owners what became of their links, in the way that their chat prefers. None of these throws or waits. */
export interface Notices {
  /** A downloader has taken the link. */
  handedOver(link: Link): void;
  /** The link was noted and cannot be put into the queue; in every chat, since it was promised. `downloader` may have it. */
  notStored(link: NewLink, downloader: string | null): void;
  /** Events of one chat that are told together make one message. */
  tell(events: readonly DeliveryEvent[]): void;
}

const MOST_BUTTONS = 8;
const LONGEST_NAME = 100;
const LONGEST_TROUBLE = 300;
const LONGEST_LABEL = 40;

/** What needs somebody stands first. */
const ORDER: readonly DeliveryEvent["kind"][] = ["lost", "unknown", "trouble", "done"];

export function createNotices(deps: {
  replies: Pick<Replies, "notify">;
  reactions: Pick<MessageReactions, "refresh">;
  styleOf: (chatId: number) => NoticeStyle;
  languageOf: (chatId: number) => Language;
}): Notices {
  const { replies, reactions, styleOf } = deps;

  function say(events: readonly DeliveryEvent[]): void {
    const [first] = events;
    if (first === undefined) return;
    const { chatId, threadId } = first.delivery;
    replies.notify({ chatId, threadId }, notice(events, texts[deps.languageOf(chatId)]));
  }

  /** By a message where no reaction can be seen: silence would look like a download that never ends. */
  async function react(chatId: number, events: readonly DeliveryEvent[]): Promise<void> {
    const byMessage = Map.groupBy(events, ({ delivery }) => delivery.messageId);
    const unseen = await Promise.all(
      [...byMessage].map(async ([messageId, ofMessage]) => {
        // What came over HTTP, or is sent again, has no message of the person to react to.
        const isSeen = messageId !== null && (await reactions.refresh(chatId, messageId));
        return isSeen ? [] : ofMessage;
      }),
    );
    say(unseen.flat());
  }

  return {
    handedOver({ chatId, messageId }) {
      if (messageId !== null && styleOf(chatId) === "reaction") void reactions.refresh(chatId, messageId);
    },
    notStored({ chatId, threadId, url }, downloader) {
      const text = texts[deps.languageOf(chatId)].notStored(url, downloader ?? undefined);
      replies.notify({ chatId, threadId }, { text }, { stays: true });
    },
    tell(events) {
      const byPlace = Map.groupBy(events, ({ delivery }) => `${delivery.chatId} ${delivery.threadId}`);
      for (const together of byPlace.values()) {
        const [first] = together;
        if (first === undefined) continue;
        const { chatId } = first.delivery;
        const style = styleOf(chatId);
        if (style === "message") say(together);
        if (style === "reaction") void react(chatId, together);
      }
    },
  };
}

/** One message about one chat's events: a line each, as many as fit, and a button for each link that may be sent again. */
export function notice(events: readonly DeliveryEvent[], { notices: words }: Texts): Content {
  const sorted = events.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const lines = truncated(
    sorted.map((event) => line(event, words)),
    words,
  );
  const text = format`${join(lines, (shown) => shown, "\n")}`;
  const vanished = sorted.filter(({ kind }) => kind === "lost" || kind === "unknown").slice(0, MOST_BUTTONS);
  if (vanished.length === 0) return { text };
  const keyboard = new InlineKeyboard();
  for (const { delivery } of vanished) {
    const which = vanished.length === 1 ? "" : `: ${oneLine(delivery.name ?? delivery.key, LONGEST_LABEL)}`;
    keyboard.text(`${words.again}${which}`, resendButton.pack({ id: delivery.id })).row();
  }
  return { text, keyboard };
}

function line({ kind, delivery }: DeliveryEvent, words: Texts["notices"]): FormattableString {
  const { name, url, trouble } = delivery;
  const title = oneLine(name ?? "", LONGEST_NAME);
  const what = title === "" ? linkText(url) : linkedTo(url, title);
  const downloader = foreign(delivery.downloader);
  if (kind === "trouble") return words.trouble(what, downloader, oneLine(trouble ?? "", LONGEST_TROUBLE));
  return words[kind](what, downloader);
}
