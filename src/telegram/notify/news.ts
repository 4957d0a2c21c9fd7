import { type ChatPlace, type NoticeStyle, placeKey } from "../../domain/chat.ts";
import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { News } from "../../domain/news.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import type { Wait } from "../../domain/wait.ts";
import { MOST_IN_A_MESSAGE, type NewsDesk } from "../../service/tracking/news.ts";
import { type Coming, untilQuiet } from "./gathering.ts";
import type { MessageReactions } from "./message-reactions.ts";
import type { NewsMessages } from "./news-messages.ts";

/** How long news is collected, in ms: until nothing more has come for `quietMs`, and `mostMs` at most. */
export interface NewsPace {
  readonly quietMs: number;
  readonly mostMs: number;
}

/**
 * Tells people what they wait for, in the way that their chat prefers: in one message for what comes together, with a sound, and until
 * somebody has read it. None of these throws or waits.
 */
export interface NewsTeller {
  /** A downloader has taken the link. */
  handedOver(link: Link): void;
  /** News was stored that is to be told in this place. */
  heard(place: ChatPlace): void;
  /** Tells news that is still untold, in all chats or in one: the bot was stopped, or could not write there. */
  tellLeft(chatId?: number): void;
  /** Tells what is being collected; nothing is told after that. Resolves when it was sent, or given up. */
  close(): Promise<void>;
}

/** How long after a message that could not be sent the next try comes; what Telegram refuses waits for longer. */
const AGAIN_MS = 60_000;

export function createNewsTeller(deps: {
  desk: NewsDesk;
  messages: Pick<NewsMessages, "send">;
  reactions: Pick<MessageReactions, "refresh">;
  styleOf: (chatId: number) => NoticeStyle;
  isBlocked: (chatId: number) => boolean;
  /**
   * Called just before this is told, or is left out because the chat wants no notices; again if it could not be told. Resolves with false
   * if something that is to show it as well could not be shown. Never rejects.
   */
  onTelling: (news: readonly News[]) => Promise<boolean>;
  pace: NewsPace;
  wait: Wait;
  log: Log;
}): NewsTeller {
  const { desk, messages, reactions, styleOf, isBlocked, pace, wait, log } = deps;
  const closing = new AbortController();
  /** Places where news is being collected. */
  const collecting = new Map<string, Coming>();
  const underWay = new Set<Promise<void>>();

  function collect(place: ChatPlace, quietMs = pace.quietMs): void {
    const heard = collecting.get(placeKey(place));
    if (heard !== undefined) {
      heard.more = true;
      return;
    }
    if (closing.signal.aborted) return;
    const collected = { more: false };
    collecting.set(placeKey(place), collected);
    const over = untilQuiet(collected, { quietMs, mostMs: pace.mostMs, wait, signal: closing.signal });
    const telling = over.then(() => tellCollected(place)).finally(() => underWay.delete(telling));
    underWay.add(telling);
  }

  async function tellCollected(place: ChatPlace): Promise<void> {
    collecting.delete(placeKey(place));
    await tell(place).catch((error) => {
      if (!(error instanceof StoreUnavailable)) log.error("Cannot tell a chat its news", { error });
      if (!closing.signal.aborted) collect(place, AGAIN_MS);
    });
  }

  async function tell(place: ChatPlace): Promise<void> {
    const { chatId } = place;
    if (isBlocked(chatId)) return;
    const style = styleOf(chatId);
    if (style !== "message") {
      const isLeftOut = await leaveOut(place, style);
      if (!isLeftOut || desk.untold(place).length === 0) return;
    }
    await send(place);
  }

  /** Leaves out news that the chat sees in another way, or does not want. False if a stop has cut it off: the next start goes on. */
  async function leaveOut(place: ChatPlace, style: NoticeStyle): Promise<boolean> {
    for (;;) {
      const all = desk.untold(place);
      const known = style === "off" ? all : await seenOf(place, all);
      const out = known.filter(isMerelyDone);
      if (style === "off" && out.length > 0) {
        const isSeen = await deps.onTelling(out);
        if (!isSeen && closing.signal.aborted) return false;
      }
      desk.forget(out);
      if (all.length < MOST_IN_A_MESSAGE || out.length === 0) return true;
    }
  }

  /** News of links whose messages show a reaction. */
  async function seenOf({ chatId }: ChatPlace, all: readonly News[]): Promise<readonly News[]> {
    const byMessage = Map.groupBy(all, (news) => (news.kind === "failed" ? news.link : news.delivery).messageId);
    const seen = await Promise.all(
      [...byMessage].map(async ([messageId, ofMessage]) => {
        // A link that came over HTTP, or is sent again, has no message of the person to react to.
        return messageId !== null && (await reactions.refresh(chatId, messageId)) ? ofMessage : [];
      }),
    );
    return seen.flat();
  }

  async function send(place: ChatPlace): Promise<void> {
    const { sent, isFull } = await messages.send(place, (news) => void deps.onTelling(news));
    if (!sent.ok) {
      if (!WAITS_FOR_OTHERS.has(sent.kind) && !closing.signal.aborted) collect(place, AGAIN_MS);
      return;
    }
    // Whatever has come since is collected by itself.
    if (isFull && !closing.signal.aborted) await send(place);
  }

  function tellLeft(chatId?: number): void {
    for (const place of desk.untoldPlaces(chatId)) collect(place);
  }

  return {
    handedOver({ chatId, messageId }) {
      if (messageId !== null && styleOf(chatId) === "reaction") void reactions.refresh(chatId, messageId);
    },
    heard: ({ chatId, threadId }) => collect({ chatId, threadId }),
    tellLeft,
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

/** It is ready, and nothing is missing. */
const isMerelyDone = (news: News) => news.kind === "done" && news.delivery.trouble === null;

/** After these, somebody has to act first, or another message tells the news: `tellLeft` tells what is left. */
const WAITS_FOR_OTHERS: ReadonlySet<string> = new Set([
  ...["superseded", "stopped", "blocked", "chat_not_found", "gone", "bad_request"],
  ...["thread_not_found", "reply_not_found", "cant_parse", "preview_refused"],
]);
