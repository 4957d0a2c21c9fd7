import type { TelegramCallbackQuery } from "gramio";
import { parseSendTime } from "../../domain/calendar.ts";
import type { Link, LinkChange } from "../../domain/link.ts";
import { parseOfferedQuality } from "../../domain/quality.ts";
import type { LinkPrompts } from "../../service/queue/prompts.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Texts } from "../locales/locales.ts";
import type { Prompts } from "../notify/prompts.ts";
import { codeOf, type LINK_ACTIONS, linkButton, readButton } from "../views/callback-data.ts";
import type { PromptSettings } from "../views/prompt-buttons.ts";

/** The small window's words for what became of a link. */
export function pressedWords(changed: Changed, texts: Texts, done: string): ButtonReply {
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
export function createPromptButtons(deps: {
  queue: Queue;
  linkPrompts: LinkPrompts;
  prompts: Prompts;
  settings: PromptSettings;
}): ButtonHandler {
  const { queue, linkPrompts, prompts, settings } = deps;

  return (context, press) => {
    const carried = readButton(linkButton, press);
    if (carried === undefined) return undefined;
    const done = carryOut(context, carried);
    if (done === undefined) return { text: context.texts.pressed.outdated };
    const { changed, words } = done;
    if (changed.kind === "changed" || changed.kind === "removed") prompts.refresh(withThisPrompt(changed.link, press));
    // Nobody knows a prompt that a crash made an orphan, and nothing else would ever delete it.
    if (changed.kind === "sent" && press.message !== undefined) {
      linkPrompts.drop({ chatId: press.message.chat.id, messageId: press.message.message_id });
    }
    return pressedWords(changed, context.texts, words);
  };

  /** Undefined for a choice that is not offered (any more). */
  function carryOut(
    { actor, texts, language }: ChatContext,
    { id, action, choice }: { id: number; action: (typeof LINK_ACTIONS)[number]; choice: string },
  ): { changed: Changed; words: string } | undefined {
    if (action === "remove") return { changed: queue.remove(actor, id), words: texts.pressed.removed };
    if (action === "undo") return { changed: queue.undo(actor, id), words: texts.prompt.pressed.undone };
    if (action === "now" || action === "retry") {
      return { changed: queue.sendNow(actor, id), words: texts.pressed.now };
    }
    const change = chosen(action, choice);
    if (change === undefined) return undefined;
    const { sendAt } = change;
    const words =
      sendAt === undefined
        ? texts.pressed.changed
        : texts.prompt.pressed.waits(settings.calendar.format(sendAt, language));
    return { changed: queue.change(actor, id, change), words };
  }

  function chosen(action: "quality" | "folder" | "time" | "server", choice: string): LinkChange | undefined {
    if (action === "quality") {
      const quality = parseOfferedQuality(choice, settings.qualities);
      return quality === undefined ? undefined : { quality };
    }
    if (action === "time") {
      const time = parseSendTime(choice);
      return time && { sendAt: settings.calendar.instantOf(time) };
    }
    if (action === "server") {
      if (choice === "-") return { downloader: null };
      const downloader = settings.downloaders.all().find((name) => codeOf(name) === choice);
      return downloader === undefined ? undefined : { downloader };
    }
    const folder = settings.folders[Number(choice)];
    return folder === undefined ? undefined : { folder };
  }

  /** A crash between sending a prompt and storing its id leaves one that nobody knows; a press on it makes it the prompt. */
  function withThisPrompt(link: Link, { message }: TelegramCallbackQuery): Link {
    const isOther = message !== undefined && message.chat.id === link.chatId && message.message_id !== link.promptId;
    return isOther ? linkPrompts.adopt(link, message.message_id) : link;
  }
}
