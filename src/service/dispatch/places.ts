import type { Outcome } from "../../domain/downloader.ts";

/**
 * Which link is being handed over to which downloader, and how many more each may be given (rules.md §3.2). In memory: after a restart
 * nothing is being handed over.
 */
export interface Places {
  /** How many more links may be handed over, whoever gets them. */
  readonly left: number;
  /** Whether the downloader may be given a link besides those it is being handed now, and `more`. */
  hasRoom(downloader: string, more?: number): boolean;
  /** Whether it has as many as a downloader that answers may have. */
  isBusy(downloader: string, more?: number): boolean;
  /** Whether this downloader may be given this link: it has room, or the link has its place there already. */
  mayGet(linkId: number, downloader: string): boolean;
  /** From now on the link is with this downloader, and no longer with the one before. */
  take(linkId: number, downloader: string): void;
  /** The link's hand-over has ended. */
  leave(linkId: number): void;
  /** How a call that offered a link has ended: a downloader that gives no answer gets half as many, one that answers one more. */
  ended(downloader: string, outcome: Outcome["kind"]): void;
}

/** When this many downloaders are full, links for others wait as well. */
const MOST_FULL = 8;

/** `most`: how many links a downloader that answers is handed at the same time. */
export function createPlaces(most: number): Places {
  const downloaders = new Map<number, string>();
  const counts = new Map<string, number>();
  /** How many those get that have given no answer; all others get `most`. */
  const narrowed = new Map<string, number>();

  const countOf = (downloader: string) => counts.get(downloader) ?? 0;

  function count(downloader: string, change: 1 | -1): void {
    const now = countOf(downloader) + change;
    if (now === 0) counts.delete(downloader);
    else counts.set(downloader, now);
  }

  function leave(linkId: number): void {
    const downloader = downloaders.get(linkId);
    if (downloader === undefined) return;
    downloaders.delete(linkId);
    count(downloader, -1);
  }

  const hasRoom = (downloader: string, more = 0) => countOf(downloader) + more < (narrowed.get(downloader) ?? most);

  return {
    get left() {
      return most * MOST_FULL - downloaders.size;
    },
    hasRoom,
    isBusy: (downloader, more = 0) => countOf(downloader) + more >= most,
    mayGet: (linkId, downloader) => downloaders.get(linkId) === downloader || hasRoom(downloader),
    take(linkId, downloader) {
      leave(linkId);
      downloaders.set(linkId, downloader);
      count(downloader, 1);
    },
    leave,
    ended(downloader, outcome) {
      // Nothing was sent, so nothing is known about how much it takes.
      if (outcome === "never_sent") return;
      const before = narrowed.get(downloader) ?? most;
      const after = outcome === "unknown" ? Math.max(1, Math.floor(before / 2)) : before + 1;
      if (after < most) narrowed.set(downloader, after);
      else narrowed.delete(downloader);
    },
  };
}
