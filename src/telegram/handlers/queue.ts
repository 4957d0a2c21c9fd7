import { bold, type FormattableString, format, InlineKeyboard, join, type TelegramCallbackQuery } from "gramio";
import type { Link } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import type { Queue } from "../../service/queue.ts";
import { queueButton } from "../callback.ts";
import { type CardSettings, type Content, shownLink, stateLine } from "../card.ts";
import type { Cards } from "../cards.ts";
import { type Command, MEMBERS } from "../command.ts";
import type { Conversation } from "../conversation.ts";
import type { Speaker } from "../speaker.ts";
import { type PressHandler, pressedWords } from "./press.ts";

const ENTRIES_PER_PAGE = 5;

/** `/queue`: a chat's own links, for an admin also everyone's, in pages, each entry with its buttons. */
export function createQueueList(deps: {
  queue: Queue;
  cards: Cards;
  speaker: Speaker;
  settings: CardSettings;
  now: () => number;
  nudgeSweeper: () => void;
  log: Log;
}): { command: Command; press: PressHandler } {
  const { queue, cards, speaker, settings, now, log } = deps;

  function page(who: Conversation, wanted: number, all: boolean): Content {
    const { texts, actor } = who;
    const offset = Math.max(0, wanted) * ENTRIES_PER_PAGE;
    const { links, total } = queue.page(actor, { offset, limit: ENTRIES_PER_PAGE, all });
    const pages = Math.max(1, Math.ceil(total / ENTRIES_PER_PAGE));
    // The last page may have emptied since its button was drawn.
    if (links.length === 0 && wanted > 0) return page(who, pages - 1, all);
    const keyboard = new InlineKeyboard();
    for (const [index, link] of links.entries()) {
      const n = offset + index + 1;
      const at = { page: wanted, all, id: link.id };
      const now = link.state === "failed" ? texts.button.retry : texts.button.now;
      keyboard.text(`${n} ${now}`, queueButton.pack({ action: "now", ...at }));
      keyboard.text(`${n} ${texts.button.remove}`, queueButton.pack({ action: "remove", ...at })).row();
    }
    const turn = (to: number, label: string) =>
      keyboard.text(label, queueButton.pack({ action: "page", page: to, all }));
    if (wanted > 0) turn(wanted - 1, texts.button.previous);
    if (wanted < pages - 1) turn(wanted + 1, texts.button.next);
    if (actor.role === "admin") {
      const label = all ? texts.button.own : texts.button.all;
      keyboard.row().text(label, queueButton.pack({ action: "page", page: 0, all: !all }));
    }
    if (links.length === 0) return { text: texts.queue.empty, keyboard };
    const title = pages > 1 ? ` · ${texts.queue.page(wanted + 1, pages)}` : "";
    const entries = join(links, (link, index) => entry(who, link, offset + index + 1, all), "\n\n");
    return { text: format`${bold(texts.queue.title(total))}${title}\n\n${entries}`, keyboard };
  }

  function entry(who: Conversation, link: Link, n: number, all: boolean): FormattableString {
    const { texts, language } = who;
    const state = stateLine(link, { texts, language, timeZone: settings.timeZone, now: now() });
    const owner = all ? ` · ${texts.queue.ofChat(link.chatId)}` : "";
    return format`${n}. ${shownLink(link.url)}\n${state} · ${texts.quality(link.quality)}${owner}`;
  }

  return {
    command: {
      name: "queue",
      roles: MEMBERS,
      run: ({ who }) => speaker.answer(who, page(who, 0, who.actor.role === "admin")),
    },
    press(who, press: TelegramCallbackQuery) {
      const unpacked = queueButton.safeUnpack(press.data ?? "");
      if (!queueButton.filter(press.data ?? "") || !unpacked.success || press.message === undefined) return undefined;
      const { action, page: wanted, all, id } = unpacked.data;
      try {
        const changed =
          action === "page" ? undefined : action === "now" ? queue.sendNow(who.actor, id) : queue.remove(who.actor, id);
        if (changed?.kind === "changed") cards.refresh(changed.link);
        if (changed?.kind === "removed") deps.nudgeSweeper();
        speaker.edit(who.chatId, press.message.message_id, page(who, wanted, all && who.actor.role === "admin"));
        return changed === undefined ? { text: "" } : pressedWords(changed, who.texts, who.texts.pressed.now);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.error("Cannot read the queue for a chat", { code: error.code });
        return { text: who.texts.storeTrouble, alert: true };
      }
    },
  };
}
