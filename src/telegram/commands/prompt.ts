import { code, type TelegramCallbackQuery } from "gramio";
import type { Link } from "../../domain/link.ts";
import { mayManage } from "../../domain/role.ts";
import type { LinkPrompts, WaitingBatch } from "../../service/queue/prompts.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { type MayPress, refusal } from "../context/may-press.ts";
import type { Replies } from "../context/replies.ts";
import type { Texts } from "../locales/locales.ts";
import type { Prompts } from "../notify/prompts.ts";
import { linkButton, promptButton, readButton } from "../views/callback-data.ts";
import type { PromptChoices } from "../views/prompt-buttons.ts";
import { CLOSED, type Panel, readPanelChoice } from "../views/prompt-panel.ts";
import { changeOf, type PromptAction, timeWords } from "./prompt-choice.ts";
import type { SettleNews } from "./settle-news.ts";

/** What the small window says about what became of a link. */
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

/** What to do with which links of a prompt. */
export interface PromptDeed {
  readonly batch: number;
  /** 0: all up to `last`. */
  readonly link: number;
  readonly last: number;
  readonly action: PromptAction;
  readonly choice: string;
}

/** The message that is pressed or answered; undefined if there is none. */
type Pressed = { readonly message?: TelegramCallbackQuery["message"] | undefined };

/** What people can do with a prompt. */
export interface PromptDeeds {
  readonly press: ButtonHandler;
  /** Does what a press would do; resolves with the answer to it. */
  carryOut(context: ChatContext, pressed: Pressed, deed: PromptDeed): Promise<ButtonReply>;
}

/** The buttons under a prompt (rule 6). A press affects at most what the prompt showed when the button was drawn. */
export function createPromptButtons(deps: {
  queue: Queue;
  linkPrompts: LinkPrompts;
  prompts: Prompts;
  replies: Pick<Replies, "answer">;
  mayPress: MayPress;
  settleNews: SettleNews;
  choices: PromptChoices;
}): PromptDeeds {
  const { queue, linkPrompts, prompts, mayPress, settleNews, choices } = deps;

  async function carryOut(context: ChatContext, pressed: Pressed, deed: PromptDeed): Promise<ButtonReply> {
    const { texts, actor } = context;
    const batch = linkPrompts.waiting(deed.batch);
    if (batch === undefined) return haveLeft(context, pressed, deed);
    if (!mayManage(actor, batch)) return { text: texts.pressed.notYours, alert: true };
    const links = targetsOf(batch, deed);
    const refused = await refusal(mayPress, context, links);
    if (refused !== undefined) return refused;
    if (links.length === 0) {
      show(batch, pressed, CLOSED);
      return look(context, deed);
    }
    if (deed.action === "open") return open(context, pressed, { batch, deed });
    if (deed.action === "copy") return copy(context, links);
    return act(context, pressed, { batch, links, deed });
  }

  function open(
    { texts }: ChatContext,
    pressed: Pressed,
    { batch, deed: { link, choice } }: { batch: WaitingBatch; deed: PromptDeed },
  ): ButtonReply {
    const panel = readPanelChoice(choice);
    if (panel === undefined) return { text: texts.pressed.outdated };
    show(batch, pressed, { ...panel, linkId: link === 0 ? null : link });
    return { text: "" };
  }

  function copy(context: ChatContext, [link]: readonly Link[]): ButtonReply {
    if (link !== undefined) deps.replies.answer(context, { text: code(link.url) });
    return { text: "" };
  }

  async function act(
    context: ChatContext,
    pressed: Pressed,
    { batch, links, deed }: { batch: WaitingBatch; links: readonly Link[]; deed: PromptDeed },
  ): Promise<ButtonReply> {
    const { actor, texts, language, calendar } = context;
    const change = changeOf(deed, { settings: { ...choices, calendar }, texts, language });
    if (change === undefined) return { text: texts.pressed.outdated };
    const changed = await queue.shared(() =>
      concerned(links, deed.action).map(({ id }) => change.make(queue, actor, id)),
    );
    if (changed.some(({ kind }) => kind === "changed" || kind === "removed")) {
      const panel = { open: "closed", linkId: deed.link === 0 ? null : deed.link, page: 0 } as const;
      const isAboutToGo = deed.action === "now" && changed.length === batch.links.length && areTaken(changed);
      show(batch, pressed, panel, { isAboutToGo });
      settleNews(links.filter(({ state }) => state === "failed" || state === "removed"));
    }
    const { words: done } = change;
    const isTime = TIMES.has(deed.action);
    return replyFor(changed, texts, isTime ? timeWords(changed, choices, { context, done }) : done);
  }

  /** A downloader takes each of them now: the small window is enough until they go, and their prompt with them. */
  function areTaken(changed: readonly Changed[]): boolean {
    return changed.every((one) => one.kind === "changed" && choices.downloaders.standing(one.link) === "taken");
  }

  /** None of its links is in the queue any more. Nothing knows a prompt that a crash has orphaned, so nothing else would delete it. */
  function haveLeft(context: ChatContext, { message }: Pressed, of: Of): ButtonReply {
    const isSent = queue.look(context.actor, idOf(of)).kind === "sent";
    if (isSent && message !== undefined) linkPrompts.drop({ chatId: message.chat.id, messageId: message.message_id });
    return look(context, of);
  }

  function look({ actor, texts }: ChatContext, of: Of): ButtonReply {
    return pressedWords(queue.look(actor, idOf(of)), texts, texts.pressed.outdated);
  }

  /** A button drawn by an earlier version: its prompt gets the buttons of this one. */
  async function renew(context: ChatContext, pressed: Pressed, linkId: number): Promise<ButtonReply> {
    const { actor, texts } = context;
    const batch = linkPrompts.ofLink(linkId);
    if (batch === undefined) return haveLeft(context, pressed, { link: linkId, last: linkId });
    if (!mayManage(actor, batch)) return { text: texts.pressed.notYours, alert: true };
    const refused = await refusal(mayPress, context, batch.links);
    if (refused !== undefined) return refused;
    show(batch, pressed);
    return { text: texts.panels.pressed.renewed };
  }

  /**
   * A crash between sending a prompt and storing its id, or an answer of Telegram that was lost, leaves a prompt that nothing knows: a
   * press on it makes it the prompt, and the other one is deleted.
   */
  function show(
    batch: WaitingBatch,
    { message }: Pressed,
    panel?: Panel,
    { isAboutToGo } = { isAboutToGo: false },
  ): void {
    if (panel !== undefined) prompts.open(batch, panel);
    const isOther = message !== undefined && message.chat.id === batch.chatId && message.message_id !== batch.promptId;
    if (isOther) linkPrompts.adopt(batch, message.message_id);
    const link = { id: batch.id, batchId: null, chatId: batch.chatId };
    if (isAboutToGo) prompts.refreshUnlessGone(link);
    else prompts.refresh(link);
  }

  return {
    carryOut,
    press(context, press) {
      const before = readButton(linkButton, press);
      if (before !== undefined) return renew(context, press, before.id);
      const carried = readButton(promptButton, press);
      return carried && carryOut(context, press, carried);
    },
  };
}

/** The answer to these depends on the servers. */
const TIMES: ReadonlySet<PromptAction> = new Set(["now", "time", "typed"]);

type Of = Pick<PromptDeed, "link" | "last">;

/** The link that represents what a button was about, once that has left the queue. */
const idOf = ({ link, last }: Of): number => (link === 0 ? last : link);

/** The links that the button was about and that are still in the queue: later ones were not shown with it. */
function targetsOf({ links }: WaitingBatch, { link, last }: PromptDeed): readonly Link[] {
  return links.filter(({ id }) => (link === 0 ? id <= last : id === link));
}

/** The links to which an action applies: removed ones can only be brought back, and only they can. */
function concerned(links: readonly Link[], action: PromptAction): readonly Link[] {
  const wanted = links.filter(({ state }) => (state === "removed") === (action === "undo"));
  return wanted.length === 0 ? links : wanted;
}

function replyFor(changed: readonly Changed[], texts: Texts, done: string): ButtonReply {
  const made = changed.filter(({ kind }) => kind === "changed" || kind === "removed");
  const [first] = made.length === 0 ? changed : made;
  if (first === undefined) return { text: texts.pressed.outdated };
  const left = changed.length - made.length;
  return made.length === 0 || left === 0
    ? pressedWords(first, texts, done)
    : { text: texts.panels.pressed.partly(made.length, left) };
}
