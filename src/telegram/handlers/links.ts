import { format, join, type TelegramMessage } from "gramio";
import { findLinks, type TextPart } from "../../domain/incoming.ts";
import { type LinkProblem, parseLink } from "../../domain/url.ts";
import { senderName } from "../../domain/user-name.ts";
import type { Enqueue, Enqueued } from "../../service/enqueue.ts";
import type { Preferences } from "../../service/preferences.ts";
import { shownLink } from "../card.ts";
import type { Cards } from "../cards.ts";
import type { Conversation } from "../conversation.ts";
import type { Speaker } from "../speaker.ts";

/** What the config says about links. */
export interface LinkSettings {
  readonly allowPrivate: boolean;
  readonly maxLinksPerMessage: number;
}

/** Takes the links of a message. Resolves with false when it has none, once what it asked for is stored otherwise. */
export type TakeLinks = (who: Conversation, message: TelegramMessage) => Promise<boolean>;

export function createTakeLinks(deps: {
  enqueue: Enqueue;
  cards: Cards;
  speaker: Speaker;
  preferences: Preferences;
  settings: LinkSettings;
}): TakeLinks {
  const { enqueue, cards, speaker, preferences, settings } = deps;

  function tell(who: Conversation, messageId: number, taken: readonly Enqueued[]): void {
    for (const one of taken) {
      if (one.kind === "queued") cards.show(one.link);
      else if (one.kind === "duplicate") pointAt(who, one.link.promptId, one.link.url);
      else {
        const link = one.url;
        const text =
          one.kind === "sent" ? who.texts.sentDirectly(link, one.downloader) : who.texts.lost(link, one.maybe);
        speaker.answer(who, { text }, messageId);
      }
    }
    // Nothing of this message stands in the queue, so nothing else will ever delete it.
    if (taken.length > 0 && taken.every(({ kind }) => kind === "duplicate"))
      speaker.forgetCommand(who.chatId, messageId);
  }

  function pointAt(who: Conversation, promptId: number | null, url: string): void {
    if (promptId === null) speaker.answer(who, { text: who.texts.duplicateWithoutPrompt(url) });
    else speaker.answer(who, { text: who.texts.duplicate }, promptId);
  }

  function refuse(who: Conversation, messageId: number, refused: { text: string; reason: LinkProblem }[]): void {
    const lines = join(refused, ({ text, reason }) => format`${shownLink(text)}: ${who.texts.problem(reason)}`, "\n");
    speaker.answer(who, { text: format`${who.texts.refusedLinks}\n${lines}` }, messageId);
  }

  return async (who, message) => {
    const found = findLinks(partsOf(message));
    if (found.length === 0) return false;
    if (found.length > settings.maxLinksPerMessage) {
      const text = who.texts.tooManyLinks(found.length, settings.maxLinksPerMessage);
      speaker.answer(who, { text }, message.message_id);
      return true;
    }
    const links: { url: string; key: string }[] = [];
    const refused: { text: string; reason: LinkProblem }[] = [];
    for (const text of found) {
      const parsed = parseLink(text, settings);
      if (parsed.ok) links.push(parsed);
      else refused.push({ text, reason: parsed.reason });
    }
    const taken = await enqueue({
      chatId: who.chatId,
      threadId: who.threadId,
      messageId: message.message_id,
      sender: senderName({ username: who.username, id: who.userId ?? who.chatId }),
      quality: preferences.quality(who.chatId),
      folder: preferences.folder(who.chatId),
      links,
    });
    tell(who, message.message_id, taken);
    if (refused.length > 0) refuse(who, message.message_id, refused);
    return true;
  };
}

/** Where links can stand: text, caption, and what was quoted from another chat. */
function partsOf(message: TelegramMessage): TextPart[] {
  const parts: TextPart[] = [];
  if (message.text !== undefined) parts.push({ text: message.text, entities: message.entities });
  if (message.caption !== undefined) parts.push({ text: message.caption, entities: message.caption_entities });
  if (message.quote !== undefined) parts.push({ text: message.quote.text, entities: message.quote.entities });
  return parts;
}
