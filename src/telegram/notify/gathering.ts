import { setImmediate } from "node:timers/promises";
import type { Wait } from "../../domain/wait.ts";

/** What comes together in a chat, until no more of it comes. */
export interface Gathering {
  /** Something has come in this chat. */
  came(chatId: number): void;
  /** Whether more may be on its way, so that it is too early to act on what has come. */
  isUnderWay(chatId: number): boolean;
  /** No more is known to be on its way: what has come in these chats is told now, as complete; in the others, once they are quiet. */
  end(isMeant: (chatId: number) => boolean): void;
  /** Stops gathering and telling. */
  stop(): void;
}

/** What comes in one place. */
export interface Coming {
  /** Something has come since the last check. */
  more: boolean;
}

/**
 * Waits until nothing has come for `quietMs`, or for about `mostMs` at most, or until `signal` aborts. Durations are those of the waits, so
 * that a clock that leaps does not matter.
 */
export async function untilQuiet(
  coming: Coming,
  { quietMs, mostMs, wait, signal }: { quietMs: number; mostMs: number; wait: Wait; signal: AbortSignal },
): Promise<void> {
  let waited = 0;
  do {
    coming.more = false;
    await wait(quietMs, signal);
    waited += quietMs;
  } while (coming.more && waited < mostMs && !signal.aborted);
}

/** What is gathered in a chat. */
interface Gathered extends Coming {
  /** Ends the wait for the other chats. */
  readonly crowded: AbortController;
  /** Ends every wait. */
  readonly ending: AbortController;
}

/** Chats that are told in one turn of the event loop: each reads the database several times. */
const TOLD_AT_ONCE = 16;

/**
 * Gathers what comes in each chat as `untilQuiet` does, and then calls `over`; `isAll`: nothing more came at the end. Before that it
 * gathers for `crowdMs`, which depends on the number of chats where something has come.
 */
export function createGathering({
  quietMs,
  mostMs,
  crowdMs,
  wait,
  over,
}: {
  quietMs: number;
  mostMs: (chatId: number) => number;
  crowdMs: (chats: number) => number;
  wait: Wait;
  over: (chatId: number, how: { isAll: boolean }) => void;
}): Gathering {
  /** By chat. */
  const underWay = new Map<number, Gathered>();
  let toldInTurn = 0;
  let isStopped = false;

  async function gather(chatId: number, gathered: Gathered): Promise<void> {
    const { crowded, ending } = gathered;
    const ms = crowdMs(underWay.size);
    if (ms > 0) await wait(ms, crowded.signal);
    await untilQuiet(gathered, { quietMs, mostMs: mostMs(chatId), wait, signal: ending.signal });
    while (toldInTurn >= TOLD_AT_ONCE) await setImmediate();
    toldInTurn += 1;
    if (toldInTurn === 1) void setImmediate().then(() => (toldInTurn = 0));
    underWay.delete(chatId);
    if (!isStopped) over(chatId, { isAll: !gathered.more || ending.signal.aborted });
  }

  function end(isMeant: (chatId: number) => boolean): void {
    for (const [chatId, { crowded, ending }] of underWay) {
      crowded.abort();
      if (isMeant(chatId)) ending.abort();
    }
  }

  return {
    came(chatId) {
      const gathered = underWay.get(chatId);
      if (gathered !== undefined) gathered.more = true;
      else if (!isStopped) {
        const first = { more: false, crowded: new AbortController(), ending: new AbortController() };
        underWay.set(chatId, first);
        void gather(chatId, first);
      }
    },
    isUnderWay: (chatId) => underWay.has(chatId),
    end,
    stop() {
      isStopped = true;
      end(() => true);
    },
  };
}
