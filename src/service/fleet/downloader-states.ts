import type { Downloader, DownloaderState, Exchange, Outcome } from "../../domain/downloader.ts";
import type { Log } from "../../domain/log.ts";
import { ejectionMs } from "../../domain/retry.ts";

/** This many unanswered calls in a row make a downloader unreachable (reliability.md §2.6). */
export const MOST_UNANSWERED = 3;
/** This many errors in a row, in answer to links, make it failing. */
const MOST_ERRORS = 3;

/** Which downloaders can be given links now; in memory, except for the failures in a row, which the registration keeps. */
export interface DownloaderStates {
  of(downloader: Pick<Downloader, "name" | "failures">): DownloaderState;
  /** Notes the end of a call; `before` is the downloader as it was. Returns how it is back; undefined if it was not away. */
  exchanged(before: Downloader, exchange: Exchange): { readonly endsBackOff: boolean } | undefined;
  /** Notes what it did with a link. */
  submitted(downloader: Downloader, outcome: Outcome["kind"]): void;
  /** Takes over its state from the end of the last run. */
  recall(downloader: Pick<Downloader, "name" | "failures">): void;
  /** Starts afresh: it has registered, or is gone. */
  forget(name: string): void;
}

export function createDownloaderStates(deps: { now: () => number; log: Log }): DownloaderStates {
  const { now, log } = deps;
  /** Downloaders that answer links with errors: how many in a row, how often that made them failing, and until when. */
  const errors = new Map<string, { inARow: number; times: number; until: number }>();
  /** Downloaders that could not be connected to at the latest call. */
  const unconnected = new Set<string>();

  const states: DownloaderStates = {
    of({ name, failures }) {
      if (unconnected.has(name) || failures >= MOST_UNANSWERED) return "unreachable";
      const { times, until } = errors.get(name) ?? { times: 0, until: 0 };
      const left = until - now();
      // More than its term: the clock has leapt back.
      return left > 0 && left <= ejectionMs(times) ? "failing" : "reachable";
    },
    exchanged(before, exchange) {
      const { name, failures } = before;
      if (exchange === "answered") {
        const wasAway = states.of(before) === "unreachable";
        const endsBackOff = unconnected.delete(name);
        return wasAway ? { endsBackOff } : undefined;
      }
      if (exchange === "unconnected") unconnected.add(name);
      if (failures + 1 === MOST_UNANSWERED) log.warn(`"${name}" cannot be reached`, { failures: failures + 1 });
      return undefined;
    },
    submitted(downloader, outcome) {
      const { name } = downloader;
      if (outcome === "accepted") errors.delete(name);
      if (outcome === "accepted" || outcome === "never_sent") return;
      const before = errors.get(name) ?? { inARow: 0, times: 0, until: 0 };
      const inARow = before.inARow + 1;
      if (inARow < MOST_ERRORS || states.of(downloader) !== "reachable") {
        errors.set(name, { ...before, inARow });
        return;
      }
      const times = before.times + 1;
      errors.set(name, { inARow, times, until: now() + ejectionMs(times) });
      log.warn(`Leaving out "${name}" for a while: it answers links with errors`, {
        errors: inARow,
        forMs: ejectionMs(times),
      });
    },
    recall({ name, failures }) {
      if (failures > 0) unconnected.add(name);
    },
    forget(name) {
      errors.delete(name);
      unconnected.delete(name);
    },
  };
  return states;
}
