import { filterInParts } from "../../domain/in-parts.ts";
import { parseOfferedQuality } from "../../domain/quality.ts";
import type { Access } from "../../service/access/access.ts";
import type { Fleet } from "../../service/fleet/fleet.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import type { History } from "../../service/tracking/history.ts";
import type { InWork } from "../../service/tracking/in-work.ts";
import { type AnswerRef, answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import { type ChatContext, maySeeAll } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import { type MayPress, refusal } from "../context/may-press.ts";
import type { Replies } from "../context/replies.ts";
import type { Prompts } from "../notify/prompts.ts";
import { type QUEUE_ACTIONS, queueButton, readButton } from "../views/callback-data.ts";
import type { PromptChoices } from "../views/prompt-buttons.ts";
import { downloadChoice } from "../views/queue-buttons.ts";
import { queuePage } from "../views/queue-page.ts";
import type { QueueView } from "../views/queue-view.ts";
import type { FailedThere } from "./failed-there.ts";
import { pressedWords } from "./prompt.ts";
import { timeWords } from "./prompt-choice.ts";
import type { SettleNews } from "./settle-news.ts";
import type { ShownLists } from "./shown-lists.ts";

/** Far more than any queue has; SQLite takes no larger offsets than it has numbers. */
const LAST_PAGE = 1_000_000_000;

type Place = Pick<QueueView, "page" | "all" | "filter">;
type PageRequest = Place & Pick<QueueView, "picking" | "dropping" | "asking" | "undo" | "note">;

/** Replaces the page that a message shows, in the background. */
export type ShowQueuePage = (context: ChatContext, answer: AnswerRef, place: PageRequest) => void;

interface QueuePress extends Place {
  readonly action: (typeof QUEUE_ACTIONS)[number];
  readonly id: number;
  readonly choice: string;
}

/**
 * `/queue`: what a chat has here and at the downloaders, or for an admin everything, in pages, each entry with its buttons. Presses are
 * answered at once; the page follows when the downloaders have said what they have.
 */
export function createQueueList(deps: {
  queue: Queue;
  fleet: Fleet;
  access: Pick<Access, "nameOf">;
  background: Background;
  prompts: Prompts;
  replies: Replies;
  mayPress: MayPress;
  settleNews: SettleNews;
  history: History;
  inWork: Pick<InWork, "percentageOf">;
  lists: Pick<ShownLists, "show">;
  failedThere: Pick<FailedThere, "meant" | "show" | "sendAgain">;
  settings: Pick<PromptChoices, "qualities" | "folders" | "downloaders">;
}): { command: RunCommand; press: ButtonHandler; show: ShowQueuePage } {
  const { queue, fleet, background, prompts, replies, mayPress, settleNews, settings } = deps;

  async function page(context: ChatContext, place: PageRequest, stop: AbortSignal): Promise<Content | undefined> {
    const { actor } = context;
    const { all, filter } = place;
    const list = await fleet.downloads(actor, { all, stop });
    const done = await deps.history(actor, { page: filter === "done" ? place.page : 0, word: "", stop });
    if (done === undefined) return undefined;
    const local: QueueView["local"] = (of) => queue.page(actor, { ...of, all });
    const part = !all && (filter === "waiting" || filter === "failed") ? filter : undefined;
    const there = part === "failed" && { there: deps.failedThere.show(actor) };
    const whole = part && { part, ...deps.lists.show(actor, part), ...there };
    const { nameOf } = deps.access;
    const reader = { ...settings, calendar: context.calendar, context, nameOf, percentageOf: deps.inWork.percentageOf };
    return queuePage({ ...place, fleet: list, local, done, ...(whole && { whole }) }, reader);
  }

  async function redraw(context: ChatContext, answer: AnswerRef, place: PageRequest, stop: AbortSignal): Promise<void> {
    const content = await page(context, place, stop);
    if (content !== undefined) replies.edit(answer, content);
  }

  const show: ShowQueuePage = (context, answer, place) =>
    background.run(context, (stop) => redraw(context, answer, place, stop));

  /** Asks the downloader to remove a download, and shows the result on the page. */
  function drop(context: ChatContext, answer: AnswerRef, { choice, ...place }: QueuePress): ButtonReply {
    background.run(context, async (stop) => {
      const { page, all, filter } = place;
      const { downloads } = await fleet.downloads(context.actor, { all, stop });
      const [download] = await filterInParts(downloads, (one) => downloadChoice(one) === choice);
      const removal = download === undefined ? "not_yours" : await fleet.remove(context.actor, download, stop);
      const note = context.texts.lists.removal(removal, download?.downloader ?? "");
      await redraw(context, answer, { page, all, filter, note }, stop);
    });
    return { text: context.texts.lists.queue.asking };
  }

  function change({ actor }: ChatContext, { action, id, choice }: QueuePress): Changed | "outdated" {
    if (action === "now") return queue.sendNow(actor, id);
    if (action === "remove") return queue.remove(actor, id);
    const quality = parseOfferedQuality(choice, settings.qualities);
    return quality === undefined ? "outdated" : queue.change(actor, id, { quality });
  }

  /** All owners were told that it failed there, so an admin who sees all sends it again for all of them. */
  async function again(context: ChatContext, answer: AnswerRef, of: QueuePress): Promise<ButtonReply> {
    const { id, page, all, filter } = of;
    const meant = deps.failedThere.meant(context.actor, id, { all });
    const refused = await refusal(mayPress, context, meant);
    if (refused !== undefined) return refused;
    const { reply } = await deps.failedThere.sendAgain(context, meant);
    show(context, answer, { page, all, filter });
    return reply;
  }

  /** Anybody may turn the pages; entries belong to their owners. */
  async function refusalOf(context: ChatContext, { action, id, choice }: QueuePress): Promise<ButtonReply | undefined> {
    // Which deliveries `again` is about is asked there.
    if (action === "page" || action === "again") return undefined;
    if (action === "drop" || action === "sure") {
      return refusal(mayPress, context, await fleet.own(context.actor, (at) => downloadChoice(at) === choice));
    }
    const looked = queue.look(context.actor, id);
    return "link" in looked ? refusal(mayPress, context, [looked.link]) : undefined;
  }

  async function pressed(context: ChatContext, answer: AnswerRef, of: QueuePress): Promise<ButtonReply> {
    const place = { page: of.page, all: of.all, filter: of.filter };
    const refused = await refusalOf(context, of);
    if (refused !== undefined) return refused;
    if (of.action === "sure") return drop(context, answer, of);
    if (of.action === "again") return again(context, answer, of);
    if (of.action === "drop") {
      show(context, answer, { ...place, dropping: of.choice });
      return { text: "" };
    }
    if (of.action === "page" || of.action === "pick") {
      show(context, answer, of.action === "pick" ? { ...place, picking: of.id } : place);
      return { text: "" };
    }
    const changed = change(context, of);
    if (changed === "outdated") return { text: context.texts.pressed.outdated };
    if ("link" in changed) {
      prompts.refresh(changed.link);
      settleNews([changed.link]);
    }
    show(context, answer, place);
    return pressedWords(
      changed,
      context.texts,
      of.action === "now"
        ? timeWords([changed], settings, { context, done: context.texts.pressed.now })
        : context.texts.pressed.changed,
    );
  }

  return {
    command: ({ context }) =>
      background.run(context, async (stop) => {
        const content = await page(context, { page: 0, all: maySeeAll(context), filter: "all" }, stop);
        if (content !== undefined) replies.answer(context, content);
      }),
    show,
    press(context, press) {
      const carried = readButton(queueButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (
        !Number.isSafeInteger(carried.page) ||
        carried.page < 0 ||
        carried.page > LAST_PAGE ||
        !Number.isSafeInteger(carried.id) ||
        carried.action === undefined ||
        carried.filter === undefined
      )
        return { text: context.texts.pressed.outdated };
      return pressed(context, answerRef(context, press.message), {
        ...carried,
        all: carried.all && maySeeAll(context),
      });
    },
  };
}
