import type { ChatPlace, Language } from "../../domain/chat.ts";
import type { OpenWork, WorkMessage } from "../../domain/in-work.ts";
import type { Log } from "../../domain/log.ts";
import { DELETABLE_MS } from "../../domain/message.ts";
import type { InWork } from "../../service/tracking/in-work.ts";
import type { WorkMessageKeeper } from "../../service/tracking/work-messages.ts";
import { type Content, contentParams } from "../context/content.ts";
import { type Texts, texts } from "../locales/locales.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { MOST_SHOWN, workList } from "../views/work-list.ts";

/** What one chat or topic shows of what is in work there. */
export interface ShownWork {
  readonly place: ChatPlace;
  message: WorkMessage | undefined;
  /** Undefined after a restart: it may show anything. */
  content: Content | undefined;
  /** The newest delivery that it has shown; undefined after a restart, when nothing counts as new. */
  newest: number | undefined;
  /** Epoch ms of the latest call. */
  calledAt: number | undefined;
  /** A call is in progress. */
  busy: boolean;
}

/** Sends, edits and removes the message of one place; at most one call at a time for each. None of these throws except `render`. */
export interface WorkMessageSender {
  /** What the place is to show of what is in work there now. May throw `StoreUnavailable`. */
  render(open: OpenWork): { readonly content: Content; readonly newest: number };
  /** Edits the message to show what is there by then. */
  edit(one: ShownWork, message: WorkMessage): Promise<void>;
  /** Sends it again; the previous one is deleted. */
  send(one: ShownWork): Promise<void>;
  /** Deletes it, because nothing is in work there. */
  retire(message: WorkMessage): void;
}

/** How often a message changes at most. Telegram takes twenty messages a minute in a group, including edits. */
const PACE_MS = 10_000;
const GROUP_PACE_MS = 25_000;
/** Final answers from Telegram: there is no message, or there cannot be one. */
const FINAL: ReadonlySet<string> = new Set(["gone", "bad_request", "cant_parse", "thread_not_found", "chat_not_found"]);

export function createWorkMessageSender(deps: {
  inWork: Pick<InWork, "at" | "list">;
  keeper: WorkMessageKeeper;
  outbox: Outbox;
  languageOf: (chatId: number) => Language;
  now: () => number;
  log: Log;
}): WorkMessageSender {
  const { inWork, keeper, outbox, now, log } = deps;
  const wordsFor = ({ chatId }: ChatPlace): Texts => texts[deps.languageOf(chatId)];

  function render(open: OpenWork): ReturnType<WorkMessageSender["render"]> {
    return { content: workList(inWork.list(open, MOST_SHOWN), wordsFor(open)), newest: open.newest };
  }

  /** Undefined if nothing is in work there. */
  function renderNow(place: ChatPlace): ReturnType<WorkMessageSender["render"]> | undefined {
    const open = inWork.at(place);
    return open && render(open);
  }

  async function edit(one: ShownWork, { chatId, messageId }: WorkMessage): Promise<void> {
    let rendered: ReturnType<typeof renderNow>;
    // Drawn when its turn has come: a chat may have to wait for minutes.
    const edited = await outbox.send(chatId, { priority: "notice" }, async (api) => {
      rendered = renderNow(one.place);
      if (rendered === undefined || isSame(one.content, rendered.content)) return undefined;
      return api.editMessageText({ chat_id: chatId, message_id: messageId, ...contentParams(rendered.content) });
    });
    if (edited.ok) {
      one.content = rendered?.content ?? one.content;
      one.newest = rendered?.newest ?? one.newest;
    } else if (FINAL.has(edited.kind)) {
      // Somebody deleted it: it comes back with the next link.
      one.message = undefined;
      one.newest = rendered?.newest ?? one.newest;
      keeper.forget(one.place);
    }
  }

  async function send(one: ShownWork): Promise<void> {
    const { chatId, threadId } = one.place;
    let rendered: ReturnType<typeof renderNow>;
    const sent = await outbox.send(chatId, { priority: "notice" }, async (api) => {
      rendered = renderNow(one.place);
      if (rendered === undefined) return undefined;
      return api.sendMessage({
        chat_id: chatId,
        ...contentParams(rendered.content),
        ...(threadId !== null && { message_thread_id: threadId }),
        disable_notification: true,
      });
    });
    if (!sent.ok && FINAL.has(sent.kind)) one.newest = rendered?.newest;
    if (!sent.ok || sent.value === undefined || rendered === undefined) return;
    const { message_id: messageId, date, chat } = sent.value;
    const message = { chatId: chat.id, threadId, messageId, sentAt: date * 1000 };
    // The group has got another id meanwhile, under which it gets a message of its own.
    if (chat.id !== chatId) return void keeper.retire(message);
    const former = one.message;
    const isDeletable = former !== undefined && now() - former.sentAt < DELETABLE_MS;
    keeper.keep(message, isDeletable ? former : undefined);
    if (former !== undefined && !isDeletable) close(former, "moved");
    Object.assign(one, { message, content: rendered.content, newest: rendered.newest });
  }

  /** Telegram can no longer delete it, and it must not offer buttons for ever. */
  function close(message: WorkMessage, how: "over" | "moved"): void {
    const { chatId, messageId } = message;
    const text = wordsFor(message).work[how];
    void outbox.send(chatId, { priority: "notice" }, (api) =>
      api.editMessageText({ chat_id: chatId, message_id: messageId, text }),
    );
  }

  async function carryOut(one: ShownWork, work: () => Promise<void>): Promise<void> {
    one.busy = true;
    try {
      await work();
    } catch (error) {
      log.error("Cannot show what is in work", { chat: one.place.chatId, error });
    } finally {
      one.busy = false;
    }
  }

  return {
    render,
    edit: (one, message) => carryOut(one, () => edit(one, message)),
    send: (one) => carryOut(one, () => send(one)),
    retire(message) {
      if (now() - message.sentAt < DELETABLE_MS) {
        keeper.retire(message);
        return;
      }
      keeper.forget(message);
      close(message, "over");
    },
  };
}

/** Whether both look the same in the chat. */
export function isSame(one: Content | undefined, other: Content): boolean {
  return one !== undefined && JSON.stringify(contentParams(one)) === JSON.stringify(contentParams(other));
}

/** Something is in work there that its message has never shown. After a restart, when that is not known, nothing counts as new. */
export function hasNew({ message, newest }: ShownWork, open: OpenWork | undefined): boolean {
  if (open === undefined) return false;
  return newest === undefined ? message === undefined : open.newest > newest;
}

/** Whether its message may change again. */
export function hasTurn({ place: { chatId }, calledAt = Number.NEGATIVE_INFINITY }: ShownWork, now: number): boolean {
  const since = now - calledAt;
  // A clock that has leapt back must not make it wait.
  return since < 0 || since >= (chatId < 0 ? GROUP_PACE_MS : PACE_MS);
}

/** Of a place that shows nothing yet. */
export const unshown = ({ chatId, threadId }: ChatPlace): ShownWork => ({
  place: { chatId, threadId },
  message: undefined,
  content: undefined,
  newest: undefined,
  calledAt: undefined,
  busy: false,
});
