import type { Log } from "../domain/log.ts";
import { type LateWrites, type Store, unlessUnavailable } from "../domain/storage.ts";

/** Far above what waits while a database is locked; a stranger must not fill the memory. */
const MOST = 20_000;
/** They share a transaction: more at a time would hold up everybody. */
const AT_ONCE = 100;
/** What Telegram answers meanwhile is stored together: each write of its own waits for the disk. */
const GATHER_MS = 10;

interface Write {
  readonly what: string;
  readonly change: () => void;
  readonly stored?: (() => void) | undefined;
}

/** What is left of what waited; `blocked`: it is there because the database cannot be used now. */
type Left = "nothing" | "more" | "blocked";

/** See `LateWrites`. Keeps the latest twenty thousand. */
export function createLateWrites({ transaction, log }: { transaction: Store["transaction"]; log: Log }): LateWrites & {
  /** Makes up for some of what waits, in its order; `all`: for everything. False when something is left. Never throws. */
  flush(how?: { readonly all: boolean }): boolean;
} {
  let flushing = false;
  let isGathering = false;
  const waiting: Write[] = [];

  /** False when the database cannot be used. */
  function made(change: () => void): boolean {
    return unlessUnavailable(
      () => {
        change();
        return true;
      },
      () => false,
    );
  }

  function storeSome({ all } = { all: false }): Left {
    // What is asked for while others are stored comes after them, and says nothing of the database.
    if (flushing) return "more";
    flushing = true;
    try {
      return makeUp(all ? waiting.length : AT_ONCE);
    } finally {
      flushing = false;
    }
  }

  function makeUp(most: number): Left {
    for (let left = most; waiting.length > 0 && left > 0; left -= AT_ONCE) {
      // Taken out first: what asks for more while it is made must not have others dropped in its place.
      const some = waiting.splice(0, AT_ONCE);
      if (makeTogether(some)) continue;
      const count = makeApart(some);
      waiting.unshift(...some.slice(count));
      if (count < some.length) return "blocked";
    }
    return waiting.length === 0 ? "nothing" : "more";
  }

  function makeTogether(some: readonly Write[]): boolean {
    try {
      transaction(() => {
        for (const { change } of some) change();
      });
    } catch {
      // Which of them it was, or that nothing can be stored now, shows when each is made for itself.
      return false;
    }
    for (const write of some) tell(write);
    return true;
  }

  /** Whether all that waits is made, and this after it, in one transaction. */
  function madeWithAll(change: () => void): boolean {
    if (flushing || waiting.length === 0 || waiting.length > AT_ONCE) return false;
    flushing = true;
    try {
      const last = { what: "what cannot wait", change };
      const all = waiting.splice(0);
      const isMade = makeTogether([...all, last]);
      if (!isMade) waiting.unshift(...all);
      return isMade;
    } finally {
      flushing = false;
    }
  }

  /** How many are done with: all before the first that the database does not take now. */
  function makeApart(some: readonly Write[]): number {
    for (const [nth, write] of some.entries()) {
      const { what, change } = write;
      try {
        if (!made(change)) return nth;
        tell(write);
      } catch (error) {
        // It must not hold back the rest for ever.
        log.error("Cannot store something at all", { what, error });
      }
    }
    return some.length;
  }

  function tell({ what, stored }: Pick<Write, "what" | "stored">): void {
    try {
      stored?.();
    } catch (error) {
      log.error("Cannot tell that something is stored", { what, error });
    }
  }

  function keep(write: Write): void {
    waiting.push(write);
    if (waiting.length > MOST) waiting.shift();
  }

  function gathered(): void {
    isGathering = false;
    goOn(storeSome());
  }

  function goOn(left: Left): void {
    if (left === "more") gather();
    if (left === "blocked")
      log.warn("Cannot store something now; it is stored later", { what: waiting[0]?.what, waiting: waiting.length });
  }

  function gather(): void {
    if (!isGathering) setTimeout(gathered, GATHER_MS);
    isGathering = true;
  }

  return {
    write(what, change, stored) {
      // In order: what was to be stored earlier may be about the same message.
      const left = storeSome();
      if (left === "nothing" && made(change)) return tell({ what, stored });
      keep({ what, change, stored });
      goOn(left === "nothing" ? "blocked" : left);
    },
    writeSoon(what, change, stored) {
      keep({ what, change, stored });
      gather();
    },
    writeAlong: (what, change) => keep({ what, change }),
    writeNow(change) {
      if (madeWithAll(change)) return;
      storeSome({ all: true });
      change();
    },
    flush: (how) => storeSome(how) === "nothing",
  };
}
