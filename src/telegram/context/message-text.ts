import type { TelegramMessage, TelegramPoll, TelegramUser } from "gramio";
import { findLinks, type TextPart } from "../../domain/incoming.ts";
import { holdsOnlyLinks } from "../../domain/own-words.ts";
import { isAddressedTo } from "./addressing.ts";
import { richParts } from "./rich-message.ts";

/** The parts of a message that may contain links: its text, caption, poll and checklist, and the buttons under a forwarded post. */
export function textPartsOf(message: TelegramMessage): TextPart[] {
  const { poll, checklist } = message;
  return [
    ...ownPartsOf(message),
    ...(poll === undefined ? [] : pollParts(poll)),
    ...(checklist === undefined ? [] : checklistParts(checklist)),
    ...buttonParts(message),
  ];
}

/** What a person has written in a message: text, rich text or caption. */
export function ownPartsOf(message: TelegramMessage): TextPart[] {
  const { text, entities, caption, caption_entities, rich_message: rich } = message;
  return [
    ...(rich === undefined ? [] : richParts(rich)),
    ...(text === undefined ? [] : [{ text, entities }]),
    ...(caption === undefined ? [] : [{ text: caption, entities: caption_entities }]),
  ];
}

/**
 * The links of a message and of what it quotes, here or from another chat; or else those of the message that a group's member shows the
 * bot by replying to it.
 */
export function linksIn(
  message: TelegramMessage,
  { bot, isPrivate }: { readonly bot: TelegramUser | undefined; readonly isPrivate: boolean },
): string[] {
  const reading = { isTalk: !isPrivate };
  const { reply_to_message: answered } = message;
  const isOwn = answered?.from !== undefined && answered.from.id === bot?.id;
  const found = findLinks([...textPartsOf(message), ...(isOwn ? [] : quotedParts(message, bot))], reading);
  if (found.length > 0 || answered === undefined || isOwn || !isAddressedTo(bot, message)) return found;
  return findLinks(textPartsOf(answered), reading);
}

/**
 * Whether a person's message may be deleted with its links (rule 15): it is the person's own text and contains nothing else. A photo, an
 * album, a file, a poll, and what somebody else has written stay.
 */
export function goesWithLinks(
  { text, entities, forward_origin, media_group_id }: TelegramMessage,
  of: { readonly bot: TelegramUser | undefined; readonly isPrivate: boolean; readonly tags: readonly string[] },
): boolean {
  if (text === undefined || forward_origin !== undefined || media_group_id !== undefined) return false;
  const name = of.bot?.username;
  const toTheBot = [...(name === undefined ? [] : [`@${name}`]), ...of.tags.map((tag) => `#${tag}`)];
  return holdsOnlyLinks({ text, entities }, { isPrivate: of.isPrivate, toTheBot });
}

/** For a message in another chat, Telegram tells what is quoted, a poll, a checklist, and the address whose preview is shown. */
function quotedParts({ quote, external_reply: other }: TelegramMessage, bot: TelegramUser | undefined): TextPart[] {
  const origin = other?.origin;
  if (origin?.type === "user" && origin.sender_user.id === bot?.id) return [];
  const preview = other?.link_preview_options?.url;
  return [
    ...(quote === undefined ? [] : [{ text: quote.text, entities: quote.entities }]),
    ...(other?.poll === undefined ? [] : pollParts(other.poll)),
    ...(other?.checklist === undefined ? [] : checklistParts(other.checklist)),
    ...(preview === undefined ? [] : [linkPart(preview, preview)]),
  ];
}

function pollParts({
  question,
  question_entities,
  options,
  explanation,
  explanation_entities,
  description,
  description_entities,
}: TelegramPoll): TextPart[] {
  return [
    { text: question, entities: question_entities },
    ...(description === undefined ? [] : [{ text: description, entities: description_entities }]),
    ...options.map(({ text, text_entities }) => ({ text, entities: text_entities })),
    ...(explanation === undefined ? [] : [{ text: explanation, entities: explanation_entities }]),
  ];
}

function checklistParts({ title, title_entities, tasks }: NonNullable<TelegramMessage["checklist"]>): TextPart[] {
  return [
    { text: title, entities: title_entities },
    ...tasks.map(({ text, text_entities }) => ({ text, entities: text_entities })),
  ];
}

/** Telegram's own addresses, which lead back into a chat: to subscribe, to comment. */
const INTO_A_CHAT = new Set(["t.me", "telegram.me", "telegram.dog"]);

/** Somebody who forwards a post with a button means what the button leads to; other buttons are a bot's advertisement. */
function buttonParts({ forward_origin, reply_markup: keyboard }: TelegramMessage): TextPart[] {
  if (forward_origin === undefined || keyboard === undefined || !("inline_keyboard" in keyboard)) return [];
  return keyboard.inline_keyboard.flat().flatMap((button) => {
    const url = "url" in button ? button.url : undefined;
    const isOfChat = INTO_A_CHAT.has(URL.parse(url ?? "")?.hostname ?? "");
    return url === undefined || isOfChat ? [] : [linkPart(button.text, url)];
  });
}

function linkPart(label: string, url: string): TextPart {
  const text = label === "" ? url : label;
  return { text, entities: [{ type: "text_link", offset: 0, length: text.length, url }] };
}
