import type { Language } from "../../domain/chat.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { OpenWork, WorkPlace } from "../../domain/in-work.ts";
import type { Log } from "../../domain/log.ts";
import { DELETABLE_MS } from "../../domain/message.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Removal } from "../../service/fleet/removal.ts";
import type { InWork } from "../../service/tracking/in-work.ts";
import type { WorkMessageKeeper } from "../../service/tracking/work-messages.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { titleOf } from "../views/work-list.ts";
import { isSame, type ShownWork, type WorkMessageSender } from "./work-message.ts";

/** The one silent message of each chat and topic about what is in work there. None of these throws. */
export interface WorkDisplay {
  /** Brings the messages in line with what is known, those whose turn it is. */
  tick(): void;
  /** The same for one place, at once: somebody pressed a button there. */
  refresh(place: WorkPlace): void;
  /** Says what came of a cancellation, unless that shows by itself. */
  cancelled(delivery: Delivery, removal: Removal): void;
  /** The chat has another id by now, and its messages stayed behind. */
  moved(chatId: number): void;
}

/** How often a chat's message changes at most. Telegram takes twenty messages a minute in a group, and edits count. */
const PACE_MS = 10_000;
const GROUP_PACE_MS = 25_000;
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
  log: Log;
}): WorkDisplay {
  const { inWork, keeper, sender, outbox, now, log } = deps;
  const shown = new Map<string, ShownWork>();
  /** Epoch ms of the latest call in each chat, whatever its topic: those that were called first have their turn again first. */
  const calledAt = new Map<number, number>();
  /** Pressed while a call was under way. */
  const wanted = new Set<ShownWork>();
  let isTakenUp = false;

  /** Goes on with the messages of a former life. */
  function takeUp(): void {
    if (isTakenUp) return;
    for (const message of keeper.all()) shown.set(keyOf(message), { ...unshown(message), message });
    isTakenUp = true;
  }

  function mayCall(chatId: number): boolean {
    const since = now() - (calledAt.get(chatId) ?? Number.NEGATIVE_INFINITY);
    // A clock that has leapt back must not make it wait.
    return since < 0 || since >= (chatId < 0 ? GROUP_PACE_MS : PACE_MS);
  }

  async function call(one: ShownWork, how: "edit" | "send"): Promise<void> {
    const { place, message } = one;
    calledAt.set(place.chatId, now());
    // Topics of one chat take turns.
    if (shown.delete(keyOf(place))) shown.set(keyOf(place), one);
    await (how === "edit" && message !== undefined ? sender.edit(one, message) : sender.send(one));
    if (wanted.delete(one)) refresh(place);
  }

  function bring(one: ShownWork, open: OpenWork | undefined, { atOnce = false } = {}): void {
    if (one.busy) {
      if (atOnce) wanted.add(one);
      return;
    }
    const { place, message, newest } = one;
    if (open === undefined || deps.isShutOut(place.chatId)) {
      shown.delete(keyOf(place));
      if (message !== undefined) sender.retire(message);
      return;
    }
    if (!(atOnce || mayCall(place.chatId)) || deps.isBlocked(place.chatId)) return;
    const isNew = newest !== undefined && open.newest > newest;
    if (message === undefined) {
      // Without a message although it was shown: somebody deleted it.
      if (newest === undefined || isNew) void call(one, "send");
      return;
    }
    const isAway = isNew && outbox.tail.below(place, message.messageId) > MOST_BELOW;
    if (isAway || now() - message.sentAt >= RENEWED_AFTER_MS) {
      void call(one, "send");
      return;
    }
    const rendered = sender.render(place);
    if (rendered === undefined) return;
    if (isSame(one.content, rendered.content)) one.newest = rendered.newest;
    else void call(one, "edit");
  }

  const quietly = (work: () => void) =>
    unlessUnavailable(work, ({ code }) => log.debug("Cannot see what is in work now", { code }));

  function refresh(place: WorkPlace): void {
    quietly(() => {
      const one = shown.get(keyOf(place));
      if (one !== undefined) bring(one, inWork.at(place), { atOnce: true });
    });
  }

  return {
    tick: () =>
      quietly(() => {
        takeUp();
        const open = new Map(inWork.places().map((place) => [keyOf(place), place]));
        for (const [key, place] of open) if (!shown.has(key)) shown.set(key, unshown(place));
        // Who has none at all comes before who has an old one.
        for (const [key, one] of [...shown].toSorted(([, a], [, b]) => lackOf(b) - lackOf(a)))
          bring(one, open.get(key));
        for (const [chatId, at] of calledAt) if (Math.abs(now() - at) > GROUP_PACE_MS) calledAt.delete(chatId);
      }),
    refresh,
    cancelled(delivery, removal) {
      if (SHOWS_BY_ITSELF.has(removal)) return;
      const outcome = texts[deps.languageOf(delivery.chatId)].lists.removal(removal, delivery.downloader);
      deps.replies.answer(delivery, { text: `${titleOf(delivery)}\n${outcome}` });
    },
    moved(chatId) {
      for (const [key, { place }] of shown) if (place.chatId === chatId) shown.delete(key);
    },
  };
}

const keyOf = ({ chatId, threadId }: WorkPlace) => `${chatId} ${threadId ?? 0}`;

const lackOf = ({ message }: ShownWork) => (message === undefined ? 1 : 0);

const unshown = ({ chatId, threadId }: WorkPlace): ShownWork => ({
  place: { chatId, threadId },
  message: undefined,
  content: undefined,
  newest: undefined,
  busy: false,
});
