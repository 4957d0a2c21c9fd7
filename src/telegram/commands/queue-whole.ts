import { batchOf } from "../../domain/batch.ts";
import { readInParts, slicesOf } from "../../domain/in-parts.ts";
import { oneLine } from "../../domain/text.ts";
import type { Bulk, BulkResult } from "../../service/queue/bulk.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import { type AnswerRef, answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { MayChange } from "../context/may-press.ts";
import type { Texts } from "../locales/locales.ts";
import type { Prompts } from "../notify/prompts.ts";
import { type BULK_ACTIONS, bulkButton, isCode, nameOfCode, readButton } from "../views/callback-data.ts";
import type { PromptChoices } from "../views/prompt-buttons.ts";
import type { FailedThere } from "./failed-there.ts";
import type { ShowQueuePage } from "./queue.ts";
import type { SettleNews } from "./settle-news.ts";
import type { ShownLists } from "./shown-lists.ts";

interface WholePress {
  readonly action: (typeof BULK_ACTIONS)[number];
  readonly part: "waiting" | "failed";
  readonly page: number;
  readonly list: string;
  readonly choice: string;
  readonly until: number;
}

const LONGEST_FOLDER = 20;
/** Settling asks for each link whether some message tells of it. */
const SETTLED_AT_ONCE = 50;

/** What is done to each link, and what is said about the number of those to which it was done. */
interface WholeChange {
  readonly make: (queue: Queue, linkId: number) => Changed;
  readonly words: (n: number) => string;
}

type MayChangeLink = Awaited<ReturnType<MayChange>>;

/** What is removed: links of the queue, and what servers have failed with. */
interface Removing {
  readonly press: WholePress;
  readonly ids: readonly number[];
  readonly thereIds: readonly number[];
  readonly mayChange: MayChangeLink;
}

/**
 * The buttons for all links of a list of `/queue`. A press concerns the links that the list showed when the button was drawn, if
 * they are still in it and the person may change them.
 */
export function createQueueWhole(deps: {
  bulk: Bulk;
  lists: Pick<ShownLists, "idsOf">;
  failedThere: Pick<FailedThere, "meant" | "idsOf" | "sendAgain" | "drop">;
  background: Pick<Background, "run">;
  mayChange: MayChange;
  prompts: Pick<Prompts, "refreshInTurn">;
  settleNews: SettleNews;
  show: ShowQueuePage;
  settings: Pick<PromptChoices, "folders">;
}): ButtonHandler {
  const { bulk, failedThere, show, settings } = deps;

  function changeOf({ action, choice }: WholePress, context: ChatContext): WholeChange | undefined {
    const { actor, texts, language, calendar } = context;
    const words = texts.queue.done;
    if (action === "retry" || action === "now") {
      return { make: (queue, id) => queue.sendNow(actor, id), words: words[action] };
    }
    if (action === "tonight") {
      const sendAt = calendar.instantOf("tonight");
      const at = calendar.format(sendAt, language);
      return { make: (queue, id) => queue.change(actor, id, { sendAt }), words: (n) => words.tonight(n, at) };
    }
    const folder = action === "folder" ? nameOfCode(settings.folders, choice) : undefined;
    if (folder === undefined) return undefined;
    const name = oneLine(folder, LONGEST_FOLDER);
    return { make: (queue, id) => queue.change(actor, id, { folder }), words: (n) => words.folder(n, name) };
  }

  /** Which of what servers have failed with may be changed, and how many of them are others'. */
  async function ownThere({ actor }: ChatContext, ids: readonly number[], mayChange: MayChangeLink) {
    const known = await readInParts(slicesOf(ids), (slice) =>
      slice.flatMap((id) => failedThere.meant(actor, id, { all: false })),
    );
    const deliveries = known.flat();
    const own = deliveries.filter(mayChange);
    return { own, foreign: deliveries.length - own.length };
  }

  /** What servers have failed with goes again, too. */
  async function sendThere(context: ChatContext, ids: readonly number[], mayChange: MayChangeLink) {
    const { own, foreign } = await ownThere(context, ids, mayChange);
    const { sent, reply } = await failedThere.sendAgain(context, own);
    return { sent, foreign, gone: own.length - sent, isSafe: reply.isSafe };
  }

  /** Servers are asked to remove what they have failed with, too; that is told when they have answered. */
  async function remove(
    context: ChatContext,
    answer: AnswerRef,
    { press: { part, page }, ids, thereIds, mayChange }: Removing,
  ): Promise<ButtonReply> {
    const { texts } = context;
    const { until, ...result } = await bulk.remove(context.actor, { part, ids, mayChange });
    const undo = { until, count: result.changed.length };
    const list = { page, all: false, filter: part };
    const place = { ...list, ...(undo.count > 0 && { undo }) };
    await redraw(result.changed);
    const isOnlyThere = ids.length === 0 && thereIds.length > 0;
    const note = isOnlyThere ? "" : noteOf(texts, texts.queue.done.remove, { done: undo.count, left: result });
    if (thereIds.length === 0) {
      show(context, answer, { ...place, note });
      return { text: note };
    }
    const { own, foreign } = await ownThere(context, thereIds, mayChange);
    const asking = isOnlyThere ? texts.lists.queue.asking : `${note} ${texts.lists.queue.asking}`;
    show(context, answer, { ...place, note: asking });
    deps.background.run(context, async (stop) => {
      const { removed, ...left } = await failedThere.drop(context.actor, own, stop);
      const rest = texts.queue.rest({ sent: 0, unstored: 0, foreign, ...left });
      const there = removed === 0 ? [] : [texts.queue.done.removeThere(removed)];
      // Somebody may have pressed *Undo* while servers were asked.
      const listed = new Set(bulk.idsOf(context.actor, part));
      const isUndone = result.changed.some(({ id }) => listed.has(id));
      const told = [isUndone ? "" : note, ...there, ...rest].filter((words) => words !== "");
      show(context, answer, { ...(isUndone ? list : place), note: told.join(" ") || texts.queue.unchanged });
    });
    return { text: asking };
  }

  /** Draws these where else they are shown: on their prompts, and in news that tells of them. */
  async function redraw(changed: BulkResult["changed"]): Promise<void> {
    for (const [link] of Map.groupBy(changed, batchOf).values()) if (link) deps.prompts.refreshInTurn(link);
    await readInParts(slicesOf(changed, SETTLED_AT_ONCE), deps.settleNews);
  }

  async function pressed(context: ChatContext, answer: AnswerRef, press: WholePress): Promise<ButtonReply> {
    const { actor, texts } = context;
    const { action, part, page, list, choice } = press;
    const place = { page, all: false, filter: part };
    if (action === "ask" || action === "folders") {
      show(context, answer, { ...place, asking: action === "ask" ? "removal" : "folder" });
      return { text: "" };
    }
    const mayChange = await deps.mayChange(context);
    if (action === "undo") {
      const result = await bulk.undo(actor, { until: press.until, mayChange });
      await redraw(result.changed);
      const done = result.changed.length;
      const isLate = done + result.foreign === 0;
      const note = isLate ? texts.queue.tooLate : noteOf(texts, texts.queue.done.undo, { done, left: result });
      show(context, answer, { ...place, note });
      return { text: note };
    }
    const ids = deps.lists.idsOf(actor, part, list);
    const isAboutThere = (action === "retry" || action === "remove") && isCode(choice);
    const thereIds = isAboutThere ? failedThere.idsOf(actor, choice) : [];
    if (ids === undefined || thereIds === undefined) {
      show(context, answer, place);
      return { text: texts.queue.changed, alert: true };
    }
    if (action === "remove") return remove(context, answer, { press, ids, thereIds, mayChange });
    const change = changeOf(press, context);
    if (change === undefined) return { text: texts.pressed.outdated };
    const result = await bulk.change(actor, { part, ids, mayChange }, change.make);
    const { isSafe, ...there } = await sendThere(context, thereIds, mayChange);
    await redraw(result.changed);
    const left = { ...result, foreign: result.foreign + there.foreign, gone: result.gone + there.gone };
    const note = noteOf(texts, change.words, { done: result.changed.length + there.sent, left });
    show(context, answer, { ...place, note });
    return { text: note, ...(isSafe !== undefined && { isSafe }) };
  }

  return (context, press) => {
    const carried = readButton(bulkButton, press);
    if (carried === undefined || press.message === undefined) return undefined;
    const { action, part, page, until } = carried;
    if (action === undefined || part === undefined || ![page, until].every(Number.isSafeInteger)) {
      return { text: context.texts.pressed.outdated };
    }
    return pressed(context, answerRef(context, press.message), carried);
  };
}

/** To how many links it was done, in these words, and what became of the others. */
function noteOf(
  { queue }: Texts,
  words: (n: number) => string,
  { done, left }: { done: number; left: Parameters<Texts["queue"]["rest"]>[0] },
): string {
  return [done === 0 ? queue.unchanged : words(done), ...queue.rest(left)].join(" ");
}
