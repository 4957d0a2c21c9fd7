import { setImmediate } from "node:timers/promises";
import type { Wait } from "../../domain/wait.ts";

/** What comes together in a chat, until no more of it comes. */
export interface Gathering {
  /** Something has come in this chat. */
  came(chatId: number): void;
  /** Whether more may be on its way, so that it is too early to act on what has come. */
  isUnderWay(chatId: number): boolean;
  /** No more is known to be on its way: what has come in these chats is told now, as complete. */
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
  /** Ends the current wait. */
  readonly ending: AbortController;
}

/** Chats that are told in one turn of the event loop: each reads the database several times. */
const ENDED_AT_ONCE = 16;

/** Gathers what comes in each chat as `untilQuiet` does, and then calls `over`; `isAll`: nothing more came at the end. */
export function createGathering({
  quietMs,
  mostMs,
  wait,
  over,
}: {
  quietMs: number;
  mostMs: (chatId: number) => number;
  wait: Wait;
  over: (chatId: number, how: { isAll: boolean }) => void;
}): Gathering {
  /** By chat. */
  const underWay = new Map<number, Gathered>();
  let isStopped = false;

  async function gather(chatId: number, gathered: Gathered): Promise<void> {
    const { signal } = gathered.ending;
    await untilQuiet(gathered, { quietMs, mostMs: mostMs(chatId), wait, signal });
    underWay.delete(chatId);
    if (!isStopped) over(chatId, { isAll: !gathered.more || signal.aborted });
  }

  async function end(isMeant: (chatId: number) => boolean): Promise<void> {
    const meant = [...underWay].flatMap(([chatId, { ending }]) => (isMeant(chatId) ? ending : []));
    for (const [nth, ending] of meant.entries()) {
      if (nth > 0 && nth % ENDED_AT_ONCE === 0) await setImmediate();
      ending.abort();
    }
  }

  return {
    came(chatId) {
      const gathered = underWay.get(chatId);
      if (gathered !== undefined) gathered.more = true;
      else if (!isStopped) {
        const first = { more: false, ending: new AbortController() };
        underWay.set(chatId, first);
        void gather(chatId, first);
      }
    },
    isUnderWay: (chatId) => underWay.has(chatId),
    end: (isMeant) => void end(isMeant),
    stop() {
      isStopped = true;
      for (const { ending } of underWay.values()) ending.abort();
    },
  };
}
