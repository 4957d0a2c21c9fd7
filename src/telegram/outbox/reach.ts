import { nextAttemptAt } from "../../domain/retry.ts";
import type { Wait } from "../../domain/wait.ts";

/**
 * Whether Telegram can be reached, judging by the results of calls. While it cannot, one call at a time finds out when it can, rather than
 * one for each chat that waits.
 */
export interface Reach {
  /** Whether a call may begin. */
  readonly isOpen: boolean;
  /** A call begins. Call the returned function at its end with whether there was an answer; undefined if the call was not made. */
  begin(): (wasAnswered: boolean | undefined) => void;
  /** Some other call of the bot was answered. */
  answered(): void;
}

/** A call that fails may itself be the trouble; this many in a row, with no answer in between, are not. */
const UNANSWERED = 3;
const BACKOFF = { first: 1_000, cap: 30_000 };

/** `onOpen` is called when a call may begin that could not before. */
export function createReach(deps: { wait: Wait; random: () => number; halt: AbortSignal; onOpen: () => void }): Reach {
  const { wait, random, halt, onOpen } = deps;
  let unanswered = 0;
  /** How often it was found to be away since it last answered. */
  let times = 0;
  let isShut = false;
  let waiting: AbortController | undefined;

  function shut(): void {
    times += 1;
    isShut = true;
    const mine = new AbortController();
    waiting = mine;
    const ms = nextAttemptAt({ ...BACKOFF, attempts: times, now: 0, random });
    void wait(ms, AbortSignal.any([mine.signal, halt])).then(() => {
      if (waiting !== mine) return;
      isShut = false;
      onOpen();
    });
  }

  function answered(): void {
    unanswered = 0;
    if (times === 0) return;
    times = 0;
    isShut = false;
    waiting?.abort();
    waiting = undefined;
    onOpen();
  }

  return {
    get isOpen() {
      return !isShut;
    },
    begin() {
      const before = times;
      // No other call until the result of this one is known.
      if (before > 0) isShut = true;
      return (wasAnswered) => {
        if (wasAnswered === undefined && before > 0 && times === before) isShut = false;
        if (wasAnswered === undefined) return;
        if (wasAnswered) return answered();
        if (times === 0) unanswered += 1;
        // A call that began before it was known to be away tells nothing new.
        if (times === before && (before > 0 || unanswered >= UNANSWERED)) shut();
      };
    },
    answered,
  };
}
