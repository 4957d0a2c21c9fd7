import { setImmediate } from "node:timers/promises";
import type { Wait } from "../../domain/wait.ts";

/** What comes together in a chat, until nothing more of it comes. */
export interface Gathering {
  /** Something has come there. */
  came(chatId: number): void;
  /** Whether more may be on its way, so that it is too early to act on what has come. */
  isUnderWay(chatId: number): boolean;
  /** Nothing more is known to be on its way: what has come to these chats is told now, as all of it. */
  end(isMeant: (chatId: number) => boolean): void;
  /** Nothing is gathered any more, nor told. */
  stop(): void;
}

/** What is gathered in a chat. */
interface Gathered {
  /** Something has come since it was last looked. */
  more: boolean;
  /** Ends the wait under way. */
  readonly ending: AbortController;
}

/** Chats that are told of in one turn of the event loop: each takes looks at the database. */
const ENDED_AT_ONCE = 16;

/**
 * Gathers until nothing has come to the chat for `quietMs`, for about `mostMs` of it at most, and calls `over` then; `isAll`: nothing
 * came in the end. Durations are counted by the waits, so that no clock that leaps matters.
 */
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
    let waited = 0;
    do {
      gathered.more = false;
      await wait(quietMs, signal);
      waited += quietMs;
    } while (gathered.more && waited < mostMs(chatId) && !signal.aborted);
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
