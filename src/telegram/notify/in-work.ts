import { type ChatPlace, type Language, placeKey } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { OpenWork } from "../../domain/in-work.ts";
import type { Log } from "../../domain/log.ts";
import { DELETABLE_MS } from "../../domain/message.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Wait } from "../../domain/wait.ts";
import type { Removal } from "../../service/fleet/removal.ts";
import type { InWork } from "../../service/tracking/in-work.ts";
import type { WorkMessageKeeper } from "../../service/tracking/work-messages.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { titleOf } from "../views/work-list.ts";
import { createGathering } from "./gathering.ts";
import { createPace } from "./pace.ts";
import { createShownPlaces } from "./shown-places.ts";
import { createUnseenWork } from "./unseen-work.ts";
import { hasNew, hasTurn, isSame, type ShownWork, unshown, type WorkMessageSender } from "./work-message.ts";

/** The one silent message of each chat and topic about what is in work there. None of these throws. */
export interface WorkDisplay {
  /** A downloader has taken a link of the chat: it is shown with those that come right after it. */
  handedOver(link: Pick<ChatPlace, "chatId">): void;
  /** No link is due any more: what was handed over is shown without waiting for others, where no call was made just before. */
  allHandedOver(): void;
  /** Brings the messages in line with what is known, those whose turn it is. */
  tick(): void;
  /** The same for one place, at once: somebody pressed a button there. */
  refresh(place: ChatPlace): void;
  /** Says what came of a cancellation, unless that shows by itself. */
  cancelled(delivery: Delivery, removal: Removal): void;
  /**
   * Resolves when what is in work in the chat now stands in its messages, or cannot be shown there: from then on the messages that
   * it came from may go. Undefined when that is so already.
   */
  caughtUp(chatId: number): Promise<void> | undefined;
  /** The chat has another id by now, and its messages stayed behind. */
  moved(chatId: number): void;
  /** Begins nothing more by itself, and nobody has to wait for it. */
  close(): void;
}

/**
 * So far apart are a chat's calls, whatever its topic: what is new waits for this and what comes with it alone, since its prompt waits
 * too.
 */
const CHAT_PACE_MS = 2_000;
const CHAT_PACE_IN_GROUPS_MS = 6_000;
/** What comes so soon after what came before is shown with it; the last of it in place of the chat's next call. */
const GATHER_MS = 200;
/** Each takes a look at the database; with those of more chats a tick would hold up the event loop. The others come next. */
const MOST_DRAWN_IN_A_TICK = 100;
/** A message that has more of them below it has scrolled away. */
const MOST_BELOW = 4;
/** It is sent anew while the old one can still be deleted. */
const RENEWED_AFTER_MS = DELETABLE_MS - 3_600_000;
/** It is not in the list any more then, or the news tell of it. */
const SHOWS_BY_ITSELF: ReadonlySet<Removal> = new Set(["removed", "finished", "not_yours"]);

export function createWorkDisplay(deps: {
  inWork: Pick<InWork, "places" | "at">;
  keeper: Pick<WorkMessageKeeper, "all">;
  sender: WorkMessageSender;
  outbox: Pick<Outbox, "tail">;
  replies: Pick<Replies, "answer">;
  isBlocked: (chatId: number) => boolean;
  /** Whose access was taken back. */
  isShutOut: (chatId: number) => boolean;
  languageOf: (chatId: number) => Language;
  now: () => number;
  wait: Wait;
  /** For what comes together, of which a clock that stands still keeps nobody waiting. */
  gatherWait: Wait;
  log: Log;
}): WorkDisplay {
  const { inWork, keeper, sender, outbox, now, wait, log } = deps;
  /** Those that were called first have their turn again first. */
  const shown = createShownPlaces();
  const chatPace = createPace({ everyMs: CHAT_PACE_MS, now, wait });
  const groupPace = createPace({ everyMs: CHAT_PACE_IN_GROUPS_MS, now, wait });
  const paceOf = (chatId: number) => (chatId < 0 ? groupPace : chatPace);
  const gathering = createGathering({
    quietMs: GATHER_MS,
    mostMs: (chatId) => (chatId < 0 ? CHAT_PACE_IN_GROUPS_MS : CHAT_PACE_MS),
    wait: deps.gatherWait,
    over: (chatId, { isAll }) => void lookAt(chatId, { early: isAll }),
  });
  /** Looked at while a call was under way; `atOnce`: somebody pressed. */
  const meanwhile = new Map<ShownWork, { readonly atOnce: boolean }>();
  /** Deletions wait until this is shown. */
  const unseen = createUnseenWork(isSeen);
  let isTakenUp = false;
  let isClosed = false;

  /** Goes on with the messages of a former life. */
  function takeUp(): void {
    if (isTakenUp) return;
    for (const message of keeper.all()) shown.put({ ...unshown(message), message });
    isTakenUp = true;
  }

  async function call(one: ShownWork, how: "edit" | "send"): Promise<void> {
    const { place, message } = one;
    one.calledAt = now();
    putLast(one);
    await (how === "edit" && message !== undefined ? sender.edit(one, message) : sender.send(one));
    const missed = meanwhile.get(one);
    meanwhile.delete(one);
    if (missed === undefined) unseen.look(place.chatId);
    else look(place, missed);
  }

  /** What is to be done about a message that is open still; undefined where it stands as it should. */
  function wantedCall(one: ShownWork, open: OpenWork): "edit" | "send" | undefined {
    const { place, message } = one;
    // Without a message although it was shown: somebody deleted it. What has only ended is told by the news.
    if (message === undefined) return hasNew(one, open) && open.ended < open.total ? "send" : undefined;
    const isAway = hasNew(one, open) && outbox.tail.below(place, message.messageId) > MOST_BELOW;
    if (isAway || now() - message.sentAt >= RENEWED_AFTER_MS) return "send";
    // It is drawn for the call, and has another look then.
    if (hasNew(one, open)) return "edit";
    const rendered = sender.render(open);
    if (!isSame(one.content, rendered.content)) return "edit";
    one.newest = rendered.newest;
    return undefined;
  }

  /** Whether it was drawn to see that. `early`: in place of the chat's next call. */
  function bring(one: ShownWork, open: OpenWork | undefined, { atOnce = false, early = false } = {}): boolean {
    if (one.busy) {
      meanwhile.set(one, { atOnce: atOnce || meanwhile.get(one)?.atOnce === true });
      return false;
    }
    const { place, message } = one;
    if (open === undefined || deps.isShutOut(place.chatId)) {
      shown.remove(place);
      if (message !== undefined) sender.retire(message);
      return false;
    }
    const { chatId } = place;
    if (deps.isBlocked(chatId) || !(atOnce || hasNew(one, open) || hasTurn(one, now()))) return false;
    if (!atOnce && gathering.isUnderWay(chatId)) return false;
    const how = wantedCall(one, open);
    if (how === undefined) putLast(one);
    else if (atOnce || paceOf(chatId).mayNow(chatId, () => lookAt(chatId, { early }), { early })) void call(one, how);
    return true;
  }

  /** Of the chats, and of the topics of one, those that were looked at longest ago have their turn first. */
  function putLast(one: ShownWork): void {
    if (shown.has(one.place)) shown.put(one);
  }

  /** A call that was under way may end when nothing can be read any more. */
  function quietly(work: () => void): void {
    if (!isClosed) unlessUnavailable(work, ({ code }) => log.debug("Cannot see what is in work now", { code }));
  }

  function look(place: ChatPlace, how: { atOnce: boolean }): void {
    quietly(() => {
      const one = shown.at(place);
      if (one !== undefined) bring(one, inWork.at(place), how);
    });
    unseen.look(place.chatId);
  }

  function isSeen(work: OpenWork): boolean {
    if (deps.isBlocked(work.chatId) || deps.isShutOut(work.chatId)) return true;
    const one = shown.at(work);
    return one === undefined || (one.newest !== undefined && one.newest >= work.newest);
  }

  /** Brings the messages of all chats, or of one, in line with what is known; returns what is in work there, as far as that is known. */
  function lookAt(chatId?: number, how?: { early: boolean }): readonly OpenWork[] {
    let places: readonly OpenWork[] = [];
    quietly(() => {
      takeUp();
      places = inWork.places(chatId);
      const open = new Map(places.map((place) => [placeKey(place), place]));
      for (const place of places) if (!shown.has(place)) shown.put(unshown(place));
      const openAt = ({ place }: ShownWork) => open.get(placeKey(place));
      const isNew = (one: ShownWork) => Number(hasNew(one, openAt(one)));
      let drawn = 0;
      for (const one of shown.list(chatId).toSorted((a, b) => isNew(b) - isNew(a))) {
        if (drawn < MOST_DRAWN_IN_A_TICK && bring(one, openAt(one), how)) drawn += 1;
      }
    });
    unseen.look(chatId);
    return places;
  }

  return {
    handedOver: ({ chatId }) => gathering.came(chatId),
    // Somebody may press on, link by link: the call in place of the next one is for all of them.
    allHandedOver: () => gathering.end((chatId) => paceOf(chatId).isFree(chatId)),
    tick: () => void lookAt(),
    refresh: (place) => look(place, { atOnce: true }),
    cancelled(delivery, removal) {
      if (SHOWS_BY_ITSELF.has(removal)) return;
      const outcome = texts[deps.languageOf(delivery.chatId)].lists.removal(removal, delivery.downloader);
      deps.replies.answer(delivery, { text: `${titleOf(delivery)}\n${outcome}` });
    },
    caughtUp(chatId) {
      // What has come since the last tick is known from then on.
      const missing = lookAt(chatId).filter((work) => !isSeen(work));
      return missing.length === 0 ? undefined : Promise.all(missing.map(unseen.waitFor)).then(() => undefined);
    },
    moved(chatId) {
      shown.forgetChat(chatId);
    },
    close() {
      isClosed = true;
      chatPace.stop();
      groupPace.stop();
      gathering.stop();
      unseen.close();
    },
  };
}
