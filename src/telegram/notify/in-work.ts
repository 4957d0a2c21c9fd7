import { type ChatPlace, type Language, placeKey } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { OpenWork } from "../../domain/in-work.ts";
import type { Log } from "../../domain/log.ts";
import { DELETABLE_MS, type MessageRef } from "../../domain/message.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Wait } from "../../domain/wait.ts";
import type { Removal } from "../../service/fleet/removal.ts";
import type { InWork } from "../../service/tracking/in-work.ts";
import type { WorkMessageKeeper } from "../../service/tracking/work-messages.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { downloadName } from "../views/work-list.ts";
import { createShownPlaces } from "./shown-places.ts";
import { createUnseenWork } from "./unseen-work.ts";
import { hasNew, hasTurn, isSame, type ShownWork, unshown, type WorkMessageSender } from "./work-message.ts";
import { createWorkPace } from "./work-pace.ts";

/** The one silent message of each chat and topic about what is in work there. No function throws. */
export interface WorkDisplay {
  /** A downloader has taken a link of the chat: it is shown together with those that follow right after it. */
  handedOver(link: Pick<ChatPlace, "chatId">): void;
  /** No link is due any more: what was handed over is shown without waiting for others, unless the chat just had a call. */
  allHandedOver(): void;
  /** Updates the messages whose turn it is. */
  tick(): void;
  /** Updates the message of one place at once: somebody pressed a button there. */
  refresh(place: ChatPlace): void;
  /**
   * The same after a press under this message. If Telegram has taken it without an answer, and then another one, it is deleted: nothing
   * else would ever change it.
   */
  pressed(place: ChatPlace, message: MessageRef): void;
  /** Tells how a cancellation ended, unless that can be seen anyway. */
  cancelled(delivery: Delivery, removal: Removal): void;
  /**
   * Resolves when the chat's messages show what is in work there now, or cannot show it: from then on the messages that it came from may be
   * deleted. Undefined if that is already so.
   */
  caughtUp(chatId: number): Promise<void> | undefined;
  /** The chat has another id now, and its messages stayed behind. */
  moved(chatId: number): void;
  /** Starts nothing more by itself, and nobody has to wait for it any longer. */
  close(): void;
}

/** Each one reads the database: with more of them a tick would hold up the event loop. The others have their turn next. */
const MOST_DRAWN_IN_A_TICK = 100;
/** A message with more messages below it has scrolled away. */
const MOST_BELOW = 4;
/** A message is sent again while the old one can still be deleted. */
const RENEWED_AFTER_MS = DELETABLE_MS - 3_600_000;
/** After these it is no longer in the list, or news tells it. */
const SHOWS_BY_ITSELF: ReadonlySet<Removal> = new Set(["removed", "finished", "not_yours"]);

export function createWorkDisplay(deps: {
  inWork: Pick<InWork, "places" | "at">;
  keeper: Pick<WorkMessageKeeper, "all">;
  sender: WorkMessageSender;
  outbox: Pick<Outbox, "tail">;
  replies: Pick<Replies, "answer" | "discard">;
  isBlocked: (chatId: number) => boolean;
  /** Whether the chat's access was removed. */
  isShutOut: (chatId: number) => boolean;
  languageOf: (chatId: number) => Language;
  now: () => number;
  wait: Wait;
  /** For gathering: a real one even if `wait` is a clock that stands still. */
  gatherWait: Wait;
  log: Log;
}): WorkDisplay {
  const { inWork, keeper, sender, outbox, now, log } = deps;
  /** In order: those whose latest call was earliest have their turn first. */
  const shown = createShownPlaces();
  const pace = createWorkPace({ ...deps, over: (chatId, { isAll }) => void lookAt(chatId, { early: isAll }) });
  /** Looked at while a call was under way; `atOnce`: somebody pressed a button. */
  const meanwhile = new Map<ShownWork, { readonly atOnce: boolean }>();
  /** Deletions wait until this is shown. */
  const unseen = createUnseenWork(isSeen);
  let isTakenUp = false;
  let isClosed = false;

  /** Carries on with the messages of an earlier run. */
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

  /** The call that a place needs while something is open there; undefined if its message is as it should be. */
  function wantedCall(one: ShownWork, open: OpenWork): "edit" | "send" | undefined {
    const { place, message } = one;
    // If it was shown and has no message, somebody deleted that. What has only ended is told as news.
    if (message === undefined) return hasNew(one, open) && open.ended < open.total ? "send" : undefined;
    const isAway = hasNew(one, open) && outbox.tail.below(place, message.messageId) > MOST_BELOW;
    if (isAway || now() - message.sentAt >= RENEWED_AFTER_MS) return "send";
    // The call draws it, and compares again then.
    if (hasNew(one, open)) return "edit";
    const rendered = sender.render(open);
    if (!isSame(one.content, rendered.content)) return "edit";
    one.newest = rendered.newest;
    return undefined;
  }

  /** Updates a place's message if it is its turn; returns whether it had to be drawn. `early`: in place of the chat's next call. */
  function update(one: ShownWork, open: OpenWork | undefined, { atOnce = false, early = false } = {}): boolean {
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
    if (!atOnce && pace.isGathering(chatId)) return false;
    const how = wantedCall(one, open);
    if (how === undefined) putLast(one);
    else if (atOnce || pace.mayNow(chatId, () => lookAt(chatId, { early }), { early })) void call(one, how);
    return true;
  }

  /** Among the chats, and among the topics of one, those that were looked at longest ago have their turn first. */
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
      if (one !== undefined) update(one, inWork.at(place), how);
    });
    unseen.look(place.chatId);
  }

  function isSeen(work: OpenWork): boolean {
    if (deps.isBlocked(work.chatId) || deps.isShutOut(work.chatId)) return true;
    const one = shown.at(work);
    return one === undefined || (one.newest !== undefined && one.newest >= work.newest);
  }

  /** Updates the messages of all chats, or of one; returns what is in work there, as far as that is known. */
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
        if (drawn < MOST_DRAWN_IN_A_TICK && update(one, openAt(one), how)) drawn += 1;
      }
    });
    unseen.look(chatId);
    return places;
  }

  return {
    handedOver: ({ chatId }) => pace.came(chatId),
    allHandedOver: pace.allHandedOver,
    tick: () => void lookAt(),
    refresh: (place) => look(place, { atOnce: true }),
    pressed(place, { chatId, messageId }) {
      const one = shown.at(place);
      // While a call is under way, it may be the one that is being sent.
      const known = one?.busy === false ? one.message : undefined;
      if (known?.chatId === chatId && known.messageId !== messageId) deps.replies.discard(chatId, messageId);
      look(place, { atOnce: true });
    },
    cancelled(delivery, removal) {
      if (SHOWS_BY_ITSELF.has(removal)) return;
      const outcome = texts[deps.languageOf(delivery.chatId)].lists.removal(removal, delivery.downloader);
      deps.replies.answer(delivery, { text: `${downloadName(delivery)}\n${outcome}` });
    },
    caughtUp(chatId) {
      // This look also finds what has come since the last tick.
      const missing = lookAt(chatId).filter((work) => !isSeen(work));
      return missing.length === 0 ? undefined : Promise.all(missing.map(unseen.waitFor)).then(() => undefined);
    },
    moved(chatId) {
      shown.forgetChat(chatId);
    },
    close() {
      isClosed = true;
      pace.stop();
      unseen.close();
    },
  };
}
