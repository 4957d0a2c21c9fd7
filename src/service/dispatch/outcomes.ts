import type { Failure, Link, LinkEvent } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { nextAskAt, nextAttemptAt } from "../../domain/retry.ts";
import { type Store, StoreUnavailable, type Together } from "../../domain/storage.ts";
import type { Deliver } from "./deliver.ts";
import type { SubmissionResult } from "./submitter.ts";

/** When a link is tried again; durations in ms. */
export interface RetrySettings {
  readonly maxAttempts: number;
  readonly backoff: { readonly firstMs: number; readonly capMs: number };
  /** How long an uncertain link stays with the downloader that may have it. */
  readonly uncertainHoldMs: number;
}

/**
 * Records how submissions ended, at the end of this turn of the event loop, together with everything else that ends in it. Outcomes that
 * the database does not take then are kept and written later.
 */
export interface Outcomes {
  /** Submitting a claimed link has ended like this. */
  record(link: Link, result: SubmissionResult): void;
  /** The downloader that may have the link could not be asked again: it is asked later, until its hold is over. */
  askLater(link: Link): void;
  /** Writes what could not be written before; true when nothing is left. */
  flushPending(): boolean;
  /** Resolves when everything recorded so far is written, or kept for later. */
  settled(): Promise<void>;
}

/** Changes the tables according to how a submission ended, and returns the event that tells it. */
type Change = () => LinkEvent | undefined;

/** What the database has not taken yet; `otherwise`: what to do if a bug prevents it. */
interface Unwritten {
  readonly link: Link;
  readonly change: Change;
  readonly otherwise: () => void;
}

/** After this time, check again which downloaders can be reached, or have room. */
const LOOK_AGAIN_MS = 1_000;

/** Rules 5, 13 and 15. */
export function createOutcomes(deps: {
  store: Store;
  together: Together;
  settings: RetrySettings;
  deliver: Deliver;
  now: () => number;
  random: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): Outcomes {
  const { store, together, settings, now, log, report } = deps;
  const pending: Unwritten[] = [];
  const settling = new Set<Promise<void>>();

  function write(unwritten: Unwritten): void {
    const { link, change } = unwritten;
    const written = together(change)
      .then(
        (event) => tell(link, event),
        (error) => {
          if (!(error instanceof StoreUnavailable)) return stumble(unwritten, error);
          pending.push(unwritten);
          log.error(`Cannot store what became of link ${link.id}; trying again`, { code: error.code });
        },
      )
      .finally(() => settling.delete(written));
    settling.add(written);
  }

  function stumble({ link, otherwise }: Unwritten, error: unknown): void {
    log.error(`Cannot record what became of link ${link.id}`, { error });
    otherwise();
  }

  function tell(link: Link, event: LinkEvent | undefined): void {
    try {
      if (event !== undefined) report(event);
    } catch (error) {
      log.error(`Cannot report what became of link ${link.id}`, { error });
    }
  }

  /** False if the database still does not take it. */
  function isDoneWith(unwritten: Unwritten): boolean {
    let event: LinkEvent | undefined;
    try {
      event = store.transaction(unwritten.change);
    } catch (error) {
      if (error instanceof StoreUnavailable) return false;
      stumble(unwritten, error);
      return true;
    }
    tell(unwritten.link, event);
    return true;
  }

  /** Costs no attempt, and is nothing new to anybody. */
  function waitForRoom({ id }: Link): undefined {
    store.attempts.close(id);
    store.links.update(id, { state: "queued", sendAt: now() + LOOK_AGAIN_MS });
  }

  function rejected(claimed: Link, lastError: Failure): LinkEvent | undefined {
    store.attempts.close(claimed.id);
    if (lastError.reason === "unreachable") {
      // Costs no attempt. The next claim sees whether a downloader can be reached by then, and says so if not.
      store.links.update(claimed.id, { state: "queued", lastError, sendAt: now() + LOOK_AGAIN_MS });
      return undefined;
    }
    const attempts = claimed.attempts + 1;
    const failed = attempts >= settings.maxAttempts;
    const { firstMs: first, capMs: cap } = settings.backoff;
    const sendAt = failed ? claimed.sendAt : nextAttemptAt({ attempts, now: now(), first, cap, random: deps.random });
    const state = failed ? "failed" : "queued";
    const link = store.links.update(claimed.id, { state, attempts, lastError, sendAt });
    if (failed && link !== undefined) {
      const { chatId, threadId } = link;
      store.news.add({ chatId, threadId, kind: "failed", about: link.id, createdAt: now() });
    }
    return link && { kind: failed ? "failed" : "postponed", link };
  }

  function uncertain(claimed: Link, asks: number): LinkEvent | undefined {
    const attempt = store.attempts.byLink(claimed.id);
    const holdUntil = (attempt?.startedAt ?? now()) + settings.uncertainHoldMs;
    if (asks > 0) store.attempts.asked(claimed.id);
    const sendAt = nextAskAt({ asks, now: now(), holdUntil });
    const link = store.links.update(claimed.id, { state: "uncertain", sendAt });
    // Asked again in vain: its prompt says so already.
    return claimed.state === "uncertain" ? undefined : link && { kind: "uncertain", link };
  }

  /**
   * The link may still turn up there after it went elsewhere. Noted before any other downloader is called, so that no crash can forget it.
   */
  function remember({ key }: Link, downloader: string): void {
    store.supersededSubmissions.add({ key, downloader, since: now() });
  }

  function askLater(link: Link): void {
    const change = () => uncertain(link, (store.attempts.byLink(link.id)?.asks ?? 0) + 1);
    write({ link, change, otherwise: () => log.error(`Link ${link.id} stays claimed until the next start`) });
  }

  return {
    record(link, result) {
      log.debug(`Submitted link ${link.id}`, { result: result.kind });
      // The downloader recorded last may have it: it is asked before any other is tried.
      const otherwise = () => askLater(link);
      if (result.kind === "accepted") {
        log.info(`Handed link ${link.id} to "${result.downloader}"`, { chat: link.chatId });
        write({ link, change: () => deps.deliver(link, result.downloader), otherwise });
      } else if (result.kind === "full") {
        write({ link, change: () => waitForRoom(link), otherwise });
      } else if (result.kind === "rejected") {
        write({ link, change: () => rejected(link, result.failure), otherwise });
      } else {
        const change = () => {
          if (result.isMissing) remember(link, result.downloader);
          return uncertain(link, 0);
        };
        write({ link, change, otherwise });
      }
    },
    askLater,
    flushPending() {
      for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
        if (isDoneWith(next)) continue;
        pending.unshift(next);
        return false;
      }
      return true;
    },
    async settled() {
      // A bug that stops one of them leads to another record.
      while (settling.size > 0) await Promise.all(settling);
    },
  };
}
