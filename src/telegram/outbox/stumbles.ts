import type { Outgoing } from "./send-result.ts";

/** Tells a call that Telegram itself fails on from a Telegram that is away. */
export interface Stumbles {
  /** Telegram has answered some call of the bot. */
  answered(): void;
  /** A call was not answered. True if the call itself seems to be the trouble, so that others are to go before it. */
  failed(outgoing: Outgoing): boolean;
}

/** Failures of one call, each with answers to others since the previous one. */
const OWN_TROUBLE = 3;

export function createStumbles(): Stumbles {
  let answers = 0;
  const failures = new WeakMap<Outgoing, { readonly times: number; readonly answers: number }>();

  return {
    answered() {
      answers += 1;
    },
    failed(outgoing) {
      const before = failures.get(outgoing);
      // While Telegram is away everything fails, which says nothing about this call.
      const times = before === undefined ? 1 : before.times + (before.answers === answers ? 0 : 1);
      failures.set(outgoing, { times, answers });
      return times >= OWN_TROUBLE;
    },
  };
}
