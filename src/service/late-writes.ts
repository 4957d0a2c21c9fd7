import type { Log } from "../domain/log.ts";
import { ifAvailable, type LateWrites, type Store } from "../domain/storage.ts";

/** Far more than waits while a database is locked; no stranger may fill the memory. */
const MOST = 20_000;
/** They share a transaction: more at a time would block the event loop for too long. */
const AT_ONCE = 100;
/** Answers from Telegram within this time are stored together, because each write on its own waits for the disk. */
const GATHER_MS = 10;

interface Write {
  readonly what: string;
  readonly change: () => void;
  readonly stored?: (() => void) | undefined;
  /** It may wait for the next write. */
  readonly isAlong?: true;
}

/** Whether writes are left; `blocked`: because the database cannot be used now. */
type Left = "nothing" | "more" | "blocked";

/** See `LateWrites`. Keeps the latest twenty thousand. */
export function createLateWrites({ transaction, log }: { transaction: Store["transaction"]; log: Log }): LateWrites & {
  /** Makes some of the waiting writes, in their order, or `all` of them. False if something is left. Never throws. */
  flush(how?: { readonly all: boolean }): boolean;
} {
  let flushing = false;
  let isGathering = false;
  const waiting: Write[] = [];

  /** False if the database cannot be used. */
  function made(change: () => void): boolean {
    const made = ifAvailable(() => {
      change();
      return true;
    });
    return made === true;
  }

  function storeSome({ all } = { all: false }): Left {
    // A write that is requested while others are being stored comes after them; this says nothing about the database.
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
      // Taken out first: if a change requests more writes, those must not push these out.
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
      // Whether one of them is at fault, or the database, shows when each is made on its own.
      return false;
    }
    for (const write of some) tell(write);
    return true;
  }

  /** How many are done: all before the first that the database does not take now. */
  function makeApart(some: readonly Write[]): number {
    for (const [nth, write] of some.entries()) {
      const { what, change } = write;
      try {
        if (!made(change)) return nth;
        tell(write);
      } catch (error) {
        // One bad write must not hold back the rest for ever.
        log.error("Cannot store something, and will not try again", { what, error });
      }
    }
    return some.length;
  }

  function tell({ what, stored }: Pick<Write, "what" | "stored">): void {
    try {
      stored?.();
    } catch (error) {
      log.error("Cannot report that something was stored", { what, error });
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
      log.warn("Cannot store something now; it will be stored later", {
        what: waiting[0]?.what,
        waiting: waiting.length,
      });
  }

  function gather(): void {
    if (!isGathering) setTimeout(gathered, GATHER_MS);
    isGathering = true;
  }

  return {
    write(what, change, stored) {
      // In order: an earlier write may be about the same message.
      const left = storeSome();
      if (left === "nothing" && made(change)) return tell({ what, stored });
      keep({ what, change, stored });
      goOn(left === "nothing" ? "blocked" : left);
    },
    writeSoon(what, change, stored) {
      keep({ what, change, stored });
      gather();
    },
    writeAlong: (what, change) => keep({ what, change, isAlong: true }),
    writePending() {
      if (waiting.some(({ isAlong }) => !isAlong)) storeSome({ all: true });
    },
    flush: (how) => storeSome(how) === "nothing",
  };
}
