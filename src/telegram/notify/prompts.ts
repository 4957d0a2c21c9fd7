import { areAsShown, type Batch, batchOf, isPromptBehind } from "../../domain/batch.ts";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import type { Link, PromptedLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import type { Wait } from "../../domain/wait.ts";
import type { LinkPrompts } from "../../service/queue/prompts.ts";
import { type Content, contentParams } from "../context/content.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { endedPrompt, prompt, promptPlace } from "../views/prompt.ts";
import type { PromptChoices } from "../views/prompt-buttons.ts";
import type { Panel } from "../views/prompt-panel.ts";
import { createDropLostPrompts } from "./lost-prompts.ts";
import { createOpenPanels } from "./open-panels.ts";
import { createPromptTurns } from "./prompt-turns.ts";
import { createUntakenLook } from "./untaken.ts";

/** The prompts of links: one silent message, kept up to date, for those that came together. None throws; they send in the background. */
export interface Prompts {
  /** Sends a prompt for links that have none, or shows a link in the prompt that it shares. */
  show(link: PromptedLink & Pick<Link, "promptId">): void;
  /** Sends the prompts that a chat lacks: the bot could not write to it, or it has got another id. */
  showMissing(chatId: number): void;
  /**
   * Sends the prompts that a crash, a full queue of messages or an unusable database has swallowed, and brings those up to date
   * that do not show all their links as they are, or that the Go version has sent.
   */
  showUnprompted(): void;
  /** The same at the start, and for prompts of which some links were handed over: an earlier run may not have got round to showing that. */
  takeUp(): void;
  /** Brings the prompt in line with the link. */
  refresh(link: PromptedLink): void;
  /** The same without a request, possibly for thousands of links: after what people wait for. */
  refreshInTurn(link: PromptedLink): void;
  /** The same after a while, for a link that was handed over: if others share its prompt, they may go before that. */
  refreshLater(link: PromptedLink): void;
  /** The same after somebody has asked for all links of a prompt to be sent: if some are still being sent by then, that is shown too. */
  refreshUnlessGone(link: PromptedLink): void;
  /** Shows on prompts of links that no server takes why that is so now: a server was paused, or is gone. */
  refreshUntaken(): void;
  /** Opens a panel of the prompt; it closes by itself after a while. */
  open(batch: Pick<Batch, "id" | "chatId">, panel: Panel): void;
  /** The prompt in the chat whose panel of times was opened last, and is still open. */
  openTimes(chatId: number): { readonly batchId: number; readonly linkId: number | null } | undefined;
  /** Replaces prompts that will soon be too old to delete with new ones. */
  renew(): void;
  /** Writes the final words into a prompt that is too old to be deleted; false if that is not possible now. Never rejects. */
  end(prompt: { chatId: number; messageId: number; batchId: number }): Promise<boolean>;
  /** Starts nothing more by itself. */
  close(): void;
}

export function createPrompts(deps: {
  outbox: Outbox;
  linkPrompts: LinkPrompts;
  languageOf: (chatId: number) => Language;
  calendarOf: (chatId: number) => Calendar;
  choices: PromptChoices;
  /** Whether a link that is alone in a prompt shows a preview there. */
  linkPreviews: boolean;
  now: () => number;
  wait: Wait;
  log: Log;
}): Prompts {
  const { outbox, linkPrompts, languageOf, calendarOf, choices, now, wait, log } = deps;
  const panels = createOpenPanels(now);
  const dropLost = createDropLostPrompts({ outbox, drop: linkPrompts.drop });
  /** Batches whose prompt is on its way: it shows what is there by then. */
  const showing = new Set<number>();

  const render = (batch: Batch): Content => {
    const settings = { ...choices, calendar: calendarOf(batch.chatId) };
    const { preview, ...shown } = prompt(batch, panels.of(batch.id), { language: languageOf(batch.chatId), settings });
    return deps.linkPreviews ? { ...shown, preview } : shown;
  };

  /** False if the chat does not let the bot write. `replaces`: the prompt that it has now and is to lose. */
  async function show({ id, chatId }: Pick<Batch, "id" | "chatId">, replaces: number | null = null): Promise<boolean> {
    if (showing.has(id) || linkPrompts.isSent(id)) return true;
    showing.add(id);
    let rendered: Batch | undefined;
    let tries = 0;
    const shown = await outbox
      .send(chatId, { priority: "prompt", key: `show ${id}` }, async (api) => {
        rendered = linkPrompts.current(id);
        if (rendered === undefined || rendered.promptId !== replaces) return undefined;
        tries += 1;
        return api.sendMessage({ ...promptPlace(rendered), ...contentParams(render(rendered)) });
      })
      .finally(() => showing.delete(id));
    if (!shown.ok || shown.value === undefined) return shown.ok || shown.kind !== "blocked";
    const { chat, message_id: promptId, date } = shown.value;
    attach({ id, chatId }, { sentTo: chat.id, promptId, promptedAt: date * 1000 }, rendered);
    if (tries > 1) await dropLost(shown.value);
    return true;
  }

  /** One after another: a chat that does not let the bot write takes none of them. */
  async function showAll(batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) if (!(await show(batch))) return;
  }

  /** What has changed since it was rendered follows: also the chat's id, and then a new prompt is sent there. */
  function attach(
    { id, chatId }: Pick<Batch, "id" | "chatId">,
    { sentTo, ...message }: { sentTo: number; promptId: number; promptedAt: number },
    rendered: Batch | undefined,
  ): void {
    linkPrompts.attach({ id, chatId: sentTo }, { ...message, shown: rendered?.links }, (links) => {
      const moved = links.find((link) => link.promptId !== message.promptId && link.chatId !== chatId);
      if (moved !== undefined) inBackground(show({ id, chatId: moved.chatId }));
      else if (!areAsShown(links, rendered?.links)) turns.add(id, chatId);
    });
  }

  async function edit(batchId: number, { isAwaited } = { isAwaited: false }): Promise<void> {
    const batch = linkPrompts.waiting(batchId);
    if (batch === undefined || batch.promptId === null) return;
    const { chatId, promptId } = batch;
    let rendered: Batch | undefined;
    const edited = await outbox.send(chatId, { priority: "prompt", key: `edit ${promptId}` }, async (api) => {
      rendered = linkPrompts.current(batchId);
      // A link that is going is about to lose its prompt: how that ends comes with the next edit, if there is one.
      const isGoing = !isAwaited && rendered?.links.every(({ state }) => state === "sending");
      if (rendered?.promptId !== promptId || isGoing) {
        rendered = undefined;
        return undefined;
      }
      turns.drawn(batchId);
      return api.editMessageText({ chat_id: chatId, message_id: promptId, ...contentParams(render(rendered)) });
    });
    // What Telegram refuses for good is given up, or it would be tried every hour. The next change is drawn again.
    if (rendered !== undefined && (edited.ok || REFUSED.has(edited.kind))) {
      if (isPromptBehind(rendered)) caughtUp(rendered, promptId, edited.ok ? edited.value : undefined);
      else linkPrompts.drawn(rendered.links);
    }
    if (edited.ok || edited.kind !== "gone") return;
    // Somebody deleted the prompt; the links still need its buttons.
    const left = linkPrompts.detach(batchId, promptId);
    if (left !== undefined) await show(left);
  }

  /** The prompt shows all its links now, or never will. When a prompt of the Go version was sent is not known. */
  function caughtUp(batch: Batch, promptId: number, edited: unknown): void {
    const date = typeof edited === "object" && edited !== null && "edit_date" in edited ? edited.edit_date : undefined;
    const promptedAt = batch.promptedAt ?? (typeof date === "number" ? date * 1000 : now());
    attach(batch, { sentTo: batch.chatId, promptId, promptedAt }, batch);
  }

  const warn = (error: unknown) => log.warn("Cannot update a prompt", { error });
  const inBackground = (sending: Promise<unknown>) => void sending.catch(warn);
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      warn(error);
    }
  };
  const refresh = (batchId: number): void => inBackground(edit(batchId));
  const turns = createPromptTurns({ edit: (batchId, how) => edit(batchId, how).catch(warn), now, wait });
  const catchUp = (batches: readonly Pick<Batch, "id" | "chatId">[]) =>
    batches.forEach(({ id, chatId }) => void turns.add(id, chatId));
  const showUnprompted = () =>
    quietly(() => {
      for (const batch of linkPrompts.missed()) inBackground(batch.promptId === null ? show(batch) : edit(batch.id));
      for (const { id } of linkPrompts.inherited()) refresh(id);
      catchUp(linkPrompts.behind());
    });
  const untaken = createUntakenLook({ look: () => quietly(() => catchUp(linkPrompts.untaken())), now, wait });

  return {
    show(link) {
      const batch = { id: batchOf(link), chatId: link.chatId };
      if (link.promptId === null) inBackground(show(batch));
      else turns.add(batch.id, batch.chatId);
    },
    showMissing: (chatId) => quietly(() => inBackground(showAll(linkPrompts.missingOf(chatId)))),
    showUnprompted,
    takeUp() {
      showUnprompted();
      quietly(() => catchUp(linkPrompts.halfHandedOver()));
    },
    refresh: (link) => refresh(batchOf(link)),
    refreshInTurn: (link) => turns.add(batchOf(link), link.chatId),
    refreshLater: (link) => turns.addLater(batchOf(link), link.chatId),
    refreshUnlessGone: (link) => turns.drawUnlessGone(batchOf(link)),
    refreshUntaken: untaken.look,
    open: panels.set,
    openTimes: (chatId) => panels.lastOf(chatId, "more"),
    renew: () =>
      quietly(() => {
        // The old one remains their prompt until there is a new one: a crash, or a chat that has blocked the bot, must not cost its
        // buttons.
        for (const batch of linkPrompts.ageing()) inBackground(show(batch, batch.promptId));
      }),
    async end({ chatId, messageId, batchId }) {
      const ended = await outbox.send(chatId, { priority: "cleanup" }, async (api) => {
        const content = endedPrompt(linkPrompts.ending(batchId), languageOf(chatId));
        return api.editMessageText({ chat_id: chatId, message_id: messageId, ...contentParams(content) });
      });
      return ended.ok || !PASSING.has(ended.kind);
    },
    close() {
      turns.stop();
      untaken.stop();
    },
  };
}

/** Telegram does not take what a prompt says, nor will it the next time. */
const REFUSED: ReadonlySet<string> = new Set(["bad_request", "cant_parse", "preview_refused", "chat_not_found"]);

/** Reasons that may be over the next time. */
const PASSING: ReadonlySet<string> = new Set(["superseded", "expired", "dropped", "stopped", "unexpected"]);
