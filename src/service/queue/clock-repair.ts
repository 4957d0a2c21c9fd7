import { setImmediate } from "node:timers/promises";
import type { Link, LinkEvent, WaitingLink } from "../../domain/link.ts";
import type { Log } from "../../domain/log.ts";
import { LONGEST_UNTIL_ASKED_MS, nextAttemptAt } from "../../domain/retry.ts";
import { type Store, StoreUnavailable } from "../../domain/storage.ts";

/** A clock that is set back by less, as constantly happens by a second or so, makes nobody wait. */
const LEAP_MS = 30_000;
/** More at a time would hold up the event loop. */
const SLICE = 200;

/** Brings back what was put too far away while the clock was ahead, such as on a machine without a battery before NTP has set it. */
export interface ClockRepair {
  /**
   * Checks whether the clock was set back, and repairs what that takes; called first of all, and before each tick. Never rejects: if the
   * database cannot be used, the next call carries on.
   */
  look(): Promise<void>;
}

/**
 * It can tell three waits of the bot's own from a time that somebody chose: the delay of a new link, the wait for the next attempt, and
 * the wait to ask about an uncertain link. Times that people chose stay, because they were shown.
 */
export function createClockRepair(deps: {
  store: Pick<Store, "links" | "transaction">;
  settings: { readonly delayMs: number; readonly backoff: { readonly firstMs: number; readonly capMs: number } };
  now: () => number;
  /** In ms, from any starting point, by a clock that nobody sets. */
  monotonic: () => number;
  log: Log;
  report: (event: LinkEvent) => void;
}): ClockRepair {
  const { store, settings, now, monotonic, log, report } = deps;
  const { links } = store;
  const { delayMs, backoff } = settings;
  let ahead: number | undefined;
  let isNeeded = true;

  function wasSetBack(): boolean {
    const offset = now() - monotonic();
    const leap = (ahead ?? offset) - offset;
    // Small steps add up until they make a leap.
    if (ahead === undefined || leap < 0 || leap >= LEAP_MS) ahead = offset;
    if (leap >= LEAP_MS) log.warn("The clock was set back", { byMs: Math.round(leap) });
    return leap >= LEAP_MS;
  }

  /** From the newest on: links that came while the clock was ahead were created later than now. False at their end. */
  function newSlice(before: number): { readonly next: number | undefined; readonly late: Link[] } {
    const slice = links.newest({ before, limit: SLICE });
    const fromAhead = slice.filter(({ createdAt }) => createdAt > now() + LEAP_MS);
    const late = fromAhead.filter(({ createdAt, sendAt, state, attempts }) => {
      return state === "queued" && attempts === 0 && sendAt === createdAt + delayMs;
    });
    return { next: fromAhead.length === SLICE ? slice.at(-1)?.id : undefined, late };
  }

  function isLate({ attempts, sendAt, state }: WaitingLink): boolean {
    const { firstMs: first, capMs: cap } = backoff;
    return (
      state === "queued" && sendAt > nextAttemptAt({ attempts, now: now(), first, cap, random: () => 1 }) + LEAP_MS
    );
  }

  function bringBack(late: readonly Pick<Link, "id">[], sendAt: number): void {
    const changed = store.transaction(() => late.flatMap(({ id }) => links.update(id, { sendAt }) ?? []));
    for (const link of changed) report({ kind: "requeued", link });
    if (changed.length > 0)
      log.info("Rescheduled links that had been put off too far while the clock was ahead", { links: changed.length });
  }

  async function repair(): Promise<void> {
    const asked = links.beingHandedOver().filter(({ state, sendAt }) => {
      return state === "uncertain" && sendAt > now() + LONGEST_UNTIL_ASKED_MS + LEAP_MS;
    });
    bringBack(asked, now());
    for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; await setImmediate()) {
      const { next, late }: ReturnType<typeof newSlice> = newSlice(before);
      bringBack(late, now() + delayMs);
      before = next;
    }
    for (let after: number | undefined = 0; after !== undefined; await setImmediate()) {
      const slice: WaitingLink[] = links.postponed({ after, limit: SLICE });
      bringBack(slice.filter(isLate), now());
      after = slice.length === SLICE ? slice.at(-1)?.id : undefined;
    }
  }

  return {
    async look() {
      isNeeded = wasSetBack() || isNeeded;
      if (!isNeeded) return;
      try {
        await repair();
        isNeeded = false;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.debug("Cannot reschedule links now", { code: error.code });
      }
    },
  };
}
