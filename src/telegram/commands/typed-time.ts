import type { TelegramMessage, TelegramUser } from "gramio";
import { findLinks } from "../../domain/incoming.ts";
import type { LinkPrompts } from "../../service/queue/prompts.ts";
import { answeredBy } from "../context/addressing.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { textPartsOf } from "../context/message-text.ts";
import type { Replies } from "../context/replies.ts";
import type { Prompts } from "../notify/prompts.ts";
import { promptButton, readButton } from "../views/callback-data.ts";
import type { PromptDeed, PromptDeeds } from "./prompt.ts";

/**
 * Handles a message that says when links are to go: a reply to their prompt, or in a private chat the text that comes while a prompt's
 * times are open. False for any other, including one with a link in it.
 */
export type TakeTypedTime = (context: ChatContext, message: TelegramMessage) => Promise<boolean>;

export function createTakeTypedTime(deps: {
  carryOut: PromptDeeds["carryOut"];
  linkPrompts: Pick<LinkPrompts, "waiting">;
  prompts: Pick<Prompts, "openTimes">;
  replies: Pick<Replies, "answer" | "scheduleDeletion">;
  /** The bot itself; undefined until it has introduced itself to Telegram. */
  bot: () => TelegramUser | undefined;
}): TakeTypedTime {
  const { linkPrompts, prompts, replies } = deps;

  /** What a message is about: as with a press, that is what the prompt showed when it was answered. */
  function meant({ chatId, isPrivate }: ChatContext, answered: TelegramMessage | undefined) {
    if (answered !== undefined) return answered.from?.id === deps.bot()?.id ? shownBy(answered) : undefined;
    // In a group people also talk to each other.
    const open = isPrivate ? prompts.openTimes(chatId) : undefined;
    const batch = open && linkPrompts.waiting(open.batchId);
    if (open === undefined || batch === undefined) return undefined;
    return { batch: batch.id, link: open.linkId ?? 0, last: Math.max(...batch.links.map(({ id }) => id)) };
  }

  return async (context, message) => {
    const { text = "" } = message;
    const isForwarded = message.forward_origin !== undefined;
    if (text === "" || text.startsWith("/") || isForwarded || findLinks(textPartsOf(message)).length > 0) return false;
    const answered = answeredBy(message);
    const of = meant(context, answered);
    if (of === undefined) return false;
    if (context.calendar.read(text) === undefined) {
      replies.answer(context, { text: context.texts.panels.notATime }, message.message_id);
      return true;
    }
    const deed = { ...of, action: "typed", choice: text } as const;
    const answer = await deps.carryOut(context, { message: answered }, deed);
    replies.answer(context, { text: answer.text }, message.message_id);
    replies.scheduleDeletion(context.chatId, message.message_id);
    return true;
  };
}

/** What the buttons under a message are about; undefined if it is not a prompt. Buttons that only open something may be about less. */
function shownBy({ reply_markup: keyboard }: TelegramMessage): Pick<PromptDeed, "batch" | "link" | "last"> | undefined {
  if (keyboard === undefined || !("inline_keyboard" in keyboard)) return undefined;
  const buttons = keyboard.inline_keyboard
    .flat()
    .flatMap((button) =>
      "callback_data" in button ? (readButton(promptButton, { data: button.callback_data }) ?? []) : [],
    );
  return buttons.find(({ action }) => action !== "open") ?? buttons.at(-1);
}
