import type { Link, Links } from "../../domain/link.ts";
import { createPassedOver } from "./passed-over.ts";

/** Whether a downloader may be given one more link now. */
export type HasRoom = (downloader: string) => boolean;

/** Whose due link goes next: chats take turns, so that hundreds of links from one hold up nobody else. */
export interface Turns {
  /** Whether any chat has a link that may be due and does not wait for room; costs nothing while none has. */
  hasAny(hasRoom: HasRoom): boolean;
  /** The due link whose turn it is: the chat's first one, except those that were passed over; undefined if there is none. */
  next(hasRoom: HasRoom): Link | undefined;
  /** All downloaders that take this link are full: until one of them has room, the chat's next link goes instead. */
  passOver(link: Link, downloaders: readonly string[]): void;
  /** How many links wait that were passed over. */
  readonly passedOver: number;
  /** Links may have come due since chats were last looked for. */
  lookAgain(): void;
}

/** After this time, all that were passed over are looked at anew: the owner may have chosen another downloader, or one has registered. */
const PASSED_OVER_MS = 5_000;
/** When this many were passed over, no others are looked at: it would cost more than it is worth. */
const MOST_PASSED_OVER = 1_000;

/** Rarely looks for chats: serving one again and again takes no look at all the others. */
export function createTurns(links: Pick<Links, "dueChats" | "nextDue">, now: () => number): Turns {
  const passed = createPassedOver();
  let passedSince = now();
  /** Chats in the order of their turns, and whether they may have links besides those that were passed over. */
  let waiting = new Map<number, boolean>();
  let isFresh = false;
  /** Whether a look could find anything: a chat whose due links all wait for their duplicates is found, but gets no turn. */
  let hasServed = true;
  let last = Number.NEGATIVE_INFINITY;

  function look(): void {
    const chats = links.dueChats(now());
    const inTurn = [...chats.filter((chatId) => chatId > last), ...chats.filter((chatId) => chatId <= last)];
    waiting = new Map(inTurn.map((chatId) => [chatId, true]));
    isFresh = true;
    hasServed = false;
  }

  function lookUnlessKnown(hasRoom: HasRoom): void {
    if (!isFresh || (waiting.size === 0 && hasServed)) look();
    for (const chatId of passed.chats(hasRoom)) if (!waiting.has(chatId)) waiting.set(chatId, false);
  }

  /** Until links may have come due, chats are not looked for if all they have was passed over. */
  function exhausted(): void {
    isFresh = passed.count > 0;
  }

  /** A link that was passed over and could go now; it may have changed since, and then the one behind it is as good. */
  function passedOf(chatId: number, hasRoom: HasRoom): Link | undefined {
    for (;;) {
      const position = passed.takeFirst(chatId, hasRoom);
      if (position === undefined) return undefined;
      const link = links.nextDue({ chatId, now: now(), after: { ...position, id: position.id - 1 } });
      if (link !== undefined) return link;
    }
  }

  function unseenOf(chatId: number): Link | undefined {
    const link = links.nextDue({ chatId, now: now(), after: passed.lastOf(chatId) });
    if (link !== undefined) hasServed = true;
    return link;
  }

  return {
    hasAny(hasRoom) {
      lookUnlessKnown(hasRoom);
      if (waiting.size === 0) exhausted();
      return waiting.size > 0;
    },
    next(hasRoom) {
      lookUnlessKnown(hasRoom);
      const seesMore = passed.count < MOST_PASSED_OVER;
      for (const [chatId, hasUnseen] of waiting) {
        let link = passedOf(chatId, hasRoom);
        if (link === undefined && hasUnseen) {
          if (!seesMore) continue;
          link = unseenOf(chatId);
        }
        waiting.delete(chatId);
        last = chatId;
        if (link === undefined) continue;
        waiting.set(chatId, hasUnseen);
        return link;
      }
      exhausted();
      return undefined;
    },
    passOver: passed.add,
    get passedOver() {
      return passed.count;
    },
    lookAgain() {
      isFresh = false;
      const since = now() - passedSince;
      // Less than none: the clock has leapt back.
      if (passed.count > 0 && since >= 0 && since < PASSED_OVER_MS) return;
      passed.clear();
      passedSince = now();
    },
  };
}
