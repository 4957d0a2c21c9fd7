import { readInParts, slicesOf } from "../../domain/in-parts.ts";
import type { News } from "../../domain/news.ts";
import { ifAvailable } from "../../domain/storage.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import type { NewsDesk } from "../../service/tracking/news.ts";
import { type ButtonHandler, type ButtonReply, safeTogether } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { type MayPress, refusal } from "../context/may-press.ts";
import type { Replies } from "../context/replies.ts";
import type { NewsMessages } from "../notify/news-messages.ts";
import type { Prompts } from "../notify/prompts.ts";
import { codeOf, newsButton, readButton } from "../views/callback-data.ts";
import { canBeSentAgain } from "../views/news-buttons.ts";
import { newsMessage, subjectOf } from "../views/news-page.ts";
import type { DownloaderChoices } from "../views/prompt-buttons.ts";
import { createNewsPanel } from "./news-panel.ts";
import { pressedWords } from "./prompt.ts";
import { timeWords } from "./prompt-choice.ts";
import { type PutAway, type ShownMessage, shownIn } from "./put-away.ts";
import type { SendAgain } from "./resend.ts";

/** Each is a transaction; what others ask for comes in between. */
const AT_ONCE = 50;

/** The buttons under news: it was read, what is to become of a link, and which of several links to show. */
export function createNewsButtons(deps: {
  desk: NewsDesk;
  queue: Queue;
  sendAgain: SendAgain;
  prompts: Prompts;
  replies: Replies;
  mayPress: MayPress;
  downloaders: DownloaderChoices;
  newsMessages: Pick<NewsMessages, "isKnown" | "draw">;
  putAway: PutAway;
}): ButtonHandler {
  const { desk, queue, sendAgain, prompts, replies, mayPress, downloaders, newsMessages, putAway } = deps;
  const panel = createNewsPanel({ desk, downloaders });

  /** The news of a message that the person may act on: news about others' links is theirs, and stays until they have read it. */
  async function ownOf(context: ChatContext, all: readonly News[]): Promise<readonly News[]> {
    if (await mayPress(context, all.map(subjectOf))) return all;
    return all.filter((news) => [null, context.userId].includes(subjectOf(news).senderId));
  }

  /** Shows what is left in the message; false if nothing is known about it. */
  function show({ chatId, texts }: ChatContext, { messageId }: ShownMessage): boolean {
    const left = desk.ofMessage({ chatId, messageId });
    if (left.length > 0) replies.edit({ chatId, messageId }, newsMessage(left, { texts }));
    return left.length > 0;
  }

  /**
   * Shows what has become of news, also in another message that tells it: Telegram took the one that was pressed without an answer, and
   * then another. False if nothing is known about the one that was pressed.
   */
  function redraw(context: ChatContext, shown: ShownMessage, news: readonly News[]): boolean {
    newsMessages.draw(news.filter(({ messageId }) => messageId !== shown.messageId));
    return show(context, shown);
  }

  /** Removes a message in which nothing is left. */
  function close(context: ChatContext, shown: ShownMessage): void {
    const { read, readLine } = context.texts.news;
    putAway(context, shown, { words: read, usual: readLine });
  }

  /** The owner has acted on it: it is no longer told, and the message is deleted with the last of them. */
  function settle(context: ChatContext, shown: ShownMessage, news: readonly News[]): void {
    desk.forget(news);
    if (redraw(context, shown, news)) return;
    desk.read({ chatId: context.chatId, messageId: shown.messageId });
    close(context, shown);
  }

  /** The same once what the owner wanted is done: while that cannot be noted, the message stays as it is. */
  const settleDone = (...of: Parameters<typeof settle>) => ifAvailable(() => settle(...of));

  /** The person who was told has read it. */
  async function read(context: ChatContext, shown: ShownMessage): Promise<void> {
    await queue.shared(() => desk.read({ chatId: context.chatId, messageId: shown.messageId }));
    close(context, shown);
  }

  function changed(
    context: ChatContext,
    { news, shown, change }: { news: News; shown: ShownMessage; change: Changed },
  ): void {
    if (change.kind === "changed" || change.kind === "removed") prompts.refresh(change.link);
    if (change.kind === "changed" || change.kind === "sent") settleDone(context, shown, [news]);
    else redraw(context, shown, [news]);
  }

  async function actOnOne(
    context: ChatContext,
    { shown, news, action, choice }: { shown: ShownMessage; news: News; action: string; choice: string },
  ): Promise<ButtonReply> {
    const { actor, texts } = context;
    const { pressed } = texts;
    if (action === "again") {
      const again = sendAgain(context, subjectOf(news).id);
      if (again.isSettled) settleDone(context, shown, [news]);
      else show(context, shown);
      return again.reply;
    }
    if (news.kind !== "failed") return { text: pressed.outdated };
    const { link } = news;
    if (action === "undo") {
      const change = queue.undo(actor, link.id);
      if (change.kind === "changed") prompts.refresh(change.link);
      redraw(context, shown, [news]);
      return pressedWords(change, texts, texts.prompt.pressed.undone);
    }
    if (link.state !== "failed") {
      show(context, shown);
      return { text: pressed.outdated };
    }
    if (action === "remove") {
      const change = queue.remove(actor, link.id);
      if (change.kind === "removed") prompts.refresh(change.link);
      redraw(context, shown, [news]);
      return pressedWords(change, texts, pressed.removed);
    }
    const name = action === "server" ? downloaders.all().find((one) => codeOf(one) === choice) : undefined;
    if (action === "server" && name === undefined) return { text: pressed.outdated };
    const change =
      name === undefined ? queue.sendNow(actor, link.id) : queue.change(actor, link.id, { downloader: name });
    changed(context, { news, shown, change });
    return pressedWords(change, texts, timeWords([change], { downloaders }, { context, done: pressed.now }));
  }

  async function actOnAll(
    context: ChatContext,
    { shown, all, action }: { shown: ShownMessage; all: readonly News[]; action: "retryAll" | "againAll" },
  ): Promise<ButtonReply> {
    const each = await readInParts(slicesOf(all, AT_ONCE), (slice) =>
      slice.map((news) => ({ news, ...sendOne(context, news, action) })),
    );
    const acted = each.flat();
    const done = acted.flatMap(({ news, isSettled }) => (isSettled ? news : []));
    if (done.length > 0) settleDone(context, shown, done);
    else show(context, shown);
    const text = done.length === 0 ? context.texts.pressed.outdated : context.texts.news.allQueued(done.length);
    return { text, ...safeTogether(acted) };
  }

  /** Puts one of several into the queue again, or makes it due, if that is what it needs. */
  function sendOne(
    context: ChatContext,
    news: News,
    action: "retryAll" | "againAll",
  ): Pick<ButtonReply, "isSafe"> & { readonly isSettled: boolean } {
    if (action === "againAll") {
      if (news.kind === "failed" || !canBeSentAgain(news)) return { isSettled: false };
      const { reply, isSettled } = sendAgain(context, news.delivery.id);
      return { isSettled, ...(reply.isSafe !== undefined && { isSafe: reply.isSafe }) };
    }
    if (news.kind !== "failed" || news.link.state !== "failed") return { isSettled: false };
    const change = queue.sendNow(context.actor, news.link.id);
    if (change.kind === "changed") prompts.refreshInTurn(change.link);
    return { isSettled: change.kind === "changed" };
  }

  return async (context, press) => {
    const carried = readButton(newsButton, press);
    if (carried === undefined || press.message === undefined) return undefined;
    const { action, id, choice } = carried;
    const shown = shownIn(press.message);
    const { messageId } = shown;
    // Otherwise *OK* would also delete what others have not read yet.
    if (!(await newsMessages.isKnown({ chatId: context.chatId, messageId })))
      return { text: context.texts.news.notYet };
    const all = desk.ofMessage({ chatId: context.chatId, messageId });
    const own = await ownOf(context, all);
    const isForeign = id === 0 ? own.length === 0 : own.every((news) => news.id !== id);
    if (isForeign && all.some((news) => id === 0 || news.id === id)) {
      return { text: context.texts.panels.pressed.foreign, alert: true };
    }
    switch (action) {
      case "ok":
        if (own.length === all.length) await read(context, shown);
        else settle(context, shown, own);
        return { text: "" };
      case "page":
      case "list":
      case "one":
      case "servers": {
        const content = panel(context, { messageId, action, id, choice });
        if (content !== undefined) replies.edit({ chatId: context.chatId, messageId }, content);
        if (content !== undefined) return { text: "" };
        const isKnown = action === "servers" && desk.one(context.chatId, id) !== undefined;
        return { text: isKnown ? context.texts.news.noOther : context.texts.pressed.outdated };
      }
      case "retryAll":
      case "againAll":
        return actOnAll(context, { shown, all: own, action });
      default: {
        const news = desk.one(context.chatId, id);
        // The message may be one that a kill has left, about which nothing is known.
        const refused = news && (await refusal(mayPress, context, [subjectOf(news)]));
        if (refused !== undefined) return refused;
        if (news !== undefined) return actOnOne(context, { shown, news, action, choice });
        show(context, shown);
        return { text: context.texts.pressed.outdated };
      }
    }
  };
}
