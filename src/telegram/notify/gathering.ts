import type { Wait } from "../../domain/wait.ts";

/** What comes together in a chat, until nothing more of it comes. */
export interface Gathering {
  /** Something has come there. */
  came(chatId: number): void;
  /** Whether more may be on its way, so that it is too early to act on what has come. */
  isUnderWay(chatId: number): boolean;
  /** Nothing more is on its way anywhere: what has come is all, and is told now. */
  end(): void;
  /** Nothing is gathered any more, nor told. */
  stop(): void;
}

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
  /** By chat; `more`: something has come since it was last looked. */
  const underWay = new Map<number, { more: boolean }>();
  /** Ends the waits under way. */
  let ending = new AbortController();
  let isStopped = false;

  async function gather(chatId: number, gathered: { more: boolean }): Promise<void> {
    const { signal } = ending;
    let waited = 0;
    do {
      gathered.more = false;
      await wait(quietMs, signal);
      waited += quietMs;
    } while (gathered.more && waited < mostMs(chatId) && !signal.aborted);
    underWay.delete(chatId);
    if (!isStopped) over(chatId, { isAll: !gathered.more || signal.aborted });
  }

  function end(): void {
    if (underWay.size === 0) return;
    ending.abort();
    ending = new AbortController();
  }

  return {
    came(chatId) {
      const gathered = underWay.get(chatId);
      if (gathered !== undefined) gathered.more = true;
      else if (!isStopped) {
        const first = { more: false };
        underWay.set(chatId, first);
        void gather(chatId, first);
      }
    },
    isUnderWay: (chatId) => underWay.has(chatId),
    end,
    stop() {
      isStopped = true;
      end();
    },
  };
}
