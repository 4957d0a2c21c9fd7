import type { TelegramCallbackQuery } from "gramio";
import type { Link, LinkChange } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { parseQuality } from "../../domain/quality.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import type { Changed, Queue } from "../../service/queue.ts";
import { linkButton } from "../callback.ts";
import type { CardSettings } from "../card.ts";
import type { Cards } from "../cards.ts";
import type { Conversation } from "../conversation.ts";
import type { Texts } from "../texts/en.ts";

/** A press on a button: what to say in the small window over the chat. */
export type Pressed = { readonly text: string; readonly alert?: boolean };

/** Handles the presses that one kind of button makes; undefined for presses that are not its own. */
export type PressHandler = (
  who: Conversation,
  press: TelegramCallbackQuery,
) => Pressed | undefined | Promise<Pressed | undefined>;

/** The small window's words for what became of a link. */
export function pressedWords(changed: Changed, texts: Texts, done: string): Pressed {
  switch (changed.kind) {
    case "changed":
      return { text: done };
    case "removed":
      return { text: texts.pressed.removed };
    case "being_sent":
      return { text: texts.pressed.beingSent };
    case "sent":
      return { text: texts.pressed.sent(changed.delivery.downloader) };
    case "not_yours":
      return { text: texts.pressed.notYours, alert: true };
  }
}

/** The buttons under a link's prompt (rule 6). */
export function createLinkPress(deps: {
  queue: Queue;
  cards: Cards;
  settings: CardSettings;
  nudgeSweeper: () => void;
  log: Log;
}): PressHandler {
  const { queue, cards, settings, log } = deps;

  return (who, press) => {
    const unpacked = linkButton.safeUnpack(press.data ?? "");
    if (!linkButton.filter(press.data ?? "") || !unpacked.success) return undefined;
    const { id, action, choice } = unpacked.data;
    try {
      if (action === "remove") {
        const changed = queue.remove(who.actor, id);
        deps.nudgeSweeper();
        return pressedWords(changed, who.texts, who.texts.pressed.removed);
      }
      if (action === "now" || action === "retry") {
        return after(who, press, queue.sendNow(who.actor, id), who.texts.pressed.now);
      }
      const change = chosen(action, choice);
      if (change === undefined) return { text: who.texts.pressed.outdated };
      return after(who, press, queue.change(who.actor, id, change), who.texts.pressed.changed);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error("Cannot change a link", { code: error.code });
      return { text: who.texts.storeTrouble, alert: true };
    }
  };

  /** Undefined for a choice that the config does not offer (any more). */
  function chosen(action: "quality" | "folder", choice: string): LinkChange | undefined {
    if (action === "quality") {
      const quality = parseQuality(choice);
      return quality !== undefined && settings.qualities.includes(quality) ? { quality } : undefined;
    }
    const folder = settings.folders[Number(choice)];
    return folder === undefined ? undefined : { folder };
  }

  function after(who: Conversation, press: TelegramCallbackQuery, changed: Changed, done: string): Pressed {
    if (changed.kind === "changed") cards.refresh(withThisPrompt(changed.link, press));
    return pressedWords(changed, who.texts, done);
  }

  /** A crash between sending a prompt and storing its id leaves one that nobody knows; a press on it makes it the prompt. */
  function withThisPrompt(link: Link, { message }: TelegramCallbackQuery): Link {
    const isOther = message !== undefined && message.chat.id === link.chatId && message.message_id !== link.promptId;
    return isOther ? queue.adoptPrompt(link, message.message_id) : link;
  }
}
