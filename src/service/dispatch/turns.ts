import type { Link, Links } from "../../domain/link.ts";

/** Whose due link goes next: chats take turns, so that hundreds of links from one hold up nobody else. */
export interface Turns {
  /** Whether any chat has a link that may be due; costs nothing while none has. */
  hasAny(): boolean;
  /** The first due link of the chat whose turn it is; undefined if no chat has a link that can go now. */
  next(): Link | undefined;
  /** Links may have come due since chats were last looked for. */
  lookAgain(): void;
}

/** Rarely looks for chats: serving one again and again takes no look at all the others. */
export function createTurns(links: Pick<Links, "dueChats" | "nextDue">, now: () => number): Turns {
  let waiting: number[] = [];
  let isFresh = false;
  /** Whether a look could find anything: a chat whose due links all wait for their duplicates is found, but gets no turn. */
  let hasServed = true;
  let last = Number.NEGATIVE_INFINITY;

  function look(): void {
    const chats = links.dueChats(now());
    waiting = [...chats.filter((chatId) => chatId > last), ...chats.filter((chatId) => chatId <= last)];
    isFresh = true;
    hasServed = false;
  }

  function lookUnlessKnown(): void {
    if (!isFresh || (waiting.length === 0 && hasServed)) look();
  }

  return {
    hasAny() {
      lookUnlessKnown();
      isFresh = waiting.length > 0;
      return isFresh;
    },
    next() {
      lookUnlessKnown();
      for (let chatId = waiting.shift(); chatId !== undefined; chatId = waiting.shift()) {
        last = chatId;
        const link = links.nextDue({ chatId, now: now() });
        if (link === undefined) continue;
        hasServed = true;
        waiting.push(chatId);
        return link;
      }
      isFresh = false;
      return undefined;
    },
    lookAgain() {
      isFresh = false;
    },
  };
}
