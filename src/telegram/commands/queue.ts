import { parseOfferedQuality } from "../../domain/quality.ts";
import type { Access } from "../../service/access/access.ts";
import type { Fleet } from "../../service/fleet/fleet.ts";
import type { Changed, Queue } from "../../service/queue/queue.ts";
import type { Background } from "../context/background.ts";
import type { RunCommand } from "../context/command.ts";
import { type Conversation, maySeeAll } from "../context/context.ts";
import type { Cards } from "../notify/prompts.ts";
import type { Content } from "../outbox/content.ts";
import type { Speaker } from "../outbox/replies.ts";
import { pressOn, type QUEUE_ACTIONS, queueButton } from "../views/callback-data.ts";
import type { CardSettings } from "../views/prompt/prompt-buttons.ts";
import { downloadChoice } from "../views/queue-page/queue-buttons.ts";
import { queuePage } from "../views/queue-page/queue-page.ts";
import type { QueueView } from "../views/queue-page/queue-view.ts";
import { type Pressed, type PressHandler, pressedWords } from "./prompt.ts";

/** Far above any queue; SQLite takes no larger offsets than it has numbers. */
const LAST_PAGE = 1_000_000_000;

type Place = Pick<QueueView, "page" | "all" | "picking" | "note">;

interface Choice extends Omit<Place, "picking" | "note"> {
  readonly action: (typeof QUEUE_ACTIONS)[number];
  readonly id: number;
  readonly choice: string;
}

/**
 * `/queue`: what a chat has here and at the downloaders, for an admin also everyone's, in pages, each entry with its
 * buttons. Presses are answered at once; the page follows when the downloaders have said what they have.
 */
export function createQueueList(deps: {
  queue: Queue;
  fleet: Fleet;
  access: Pick<Access, "nameOf">;
  background: Background;
  cards: Cards;
  speaker: Speaker;
  settings: Pick<CardSettings, "qualities" | "timeZone">;
  now: () => number;
}): { command: RunCommand; press: PressHandler } {
  const { queue, fleet, background, cards, speaker, settings, now } = deps;

  async function page(who: Conversation, place: Place, stop: AbortSignal): Promise<Content> {
    const { all } = place;
    const list = await fleet.downloads(who.actor, { all, stop });
    const local: QueueView["local"] = (of) => queue.page(who.actor, { ...of, all });
    const { qualities, timeZone } = settings;
    return queuePage(
      { ...place, fleet: list, local },
      { who, qualities, timeZone, now: now(), nameOf: deps.access.nameOf },
    );
  }

  function show(who: Conversation, messageId: number, place: Place): void {
    background.run(who, async (stop) => speaker.edit(who.chatId, messageId, await page(who, place, stop)));
  }

  /** Asks the downloader to remove a download, and says on the page what came of it. */
  function drop(who: Conversation, messageId: number, { choice, ...place }: Choice): Pressed {
    background.run(who, async (stop) => {
      const { all } = place;
      const { downloads } = await fleet.downloads(who.actor, { all, stop });
      const download = downloads.find((one) => downloadChoice(one) === choice);
      const removal = download === undefined ? "not_yours" : await fleet.remove(who.actor, download, stop);
      const note = who.texts.lists.removal(removal, download?.downloader ?? "");
      speaker.edit(who.chatId, messageId, await page(who, { page: place.page, all, note }, stop));
    });
    return { text: who.texts.lists.queue.asking };
  }

  function change({ actor }: Conversation, { action, id, choice }: Choice): Changed | "outdated" {
    if (action === "now") return queue.sendNow(actor, id);
    if (action === "remove") return queue.remove(actor, id);
    const quality = parseOfferedQuality(choice, settings.qualities);
    return quality === undefined ? "outdated" : queue.change(actor, id, { quality });
  }

  function pressed(who: Conversation, messageId: number, of: Choice): Pressed {
    const place = { page: of.page, all: of.all };
    if (of.action === "drop") return drop(who, messageId, of);
    if (of.action === "page" || of.action === "pick") {
      show(who, messageId, of.action === "pick" ? { ...place, picking: of.id } : place);
      return { text: "" };
    }
    const changed = change(who, of);
    if (changed === "outdated") return { text: who.texts.pressed.outdated };
    if ("link" in changed) cards.refresh(changed.link);
    show(who, messageId, place);
    return pressedWords(changed, who.texts, of.action === "now" ? who.texts.pressed.now : who.texts.pressed.changed);
  }

  return {
    command: ({ who }) =>
      background.run(who, async (stop) => speaker.answer(who, await page(who, { page: 0, all: maySeeAll(who) }, stop))),
    press(who, press) {
      const data = pressOn(queueButton, press);
      if (data === undefined || press.message === undefined) return undefined;
      if (
        !Number.isSafeInteger(data.page) ||
        data.page < 0 ||
        data.page > LAST_PAGE ||
        !Number.isSafeInteger(data.id) ||
        data.action === undefined
      )
        return { text: who.texts.pressed.outdated };
      return pressed(who, press.message.message_id, { ...data, all: data.all && maySeeAll(who) });
    },
  };
}
