/** Work on many messages for which nobody waits: one at a time in each chat, however many there are. */
export interface OneByOne {
  /** A message that already waits is not added again. */
  add(chatId: number, id: number): void;
}

/**
 * Thousands of links may change at once. If each were an outgoing call at once, a chat's new prompt would wait behind them all, and
 * keeping them in order would hold up the event loop. `work` must not reject.
 */
export function createOneByOne(work: (id: number) => Promise<void>): OneByOne {
  const waiting = new Map<number, Set<number>>();

  async function run(chatId: number, ids: Set<number>): Promise<void> {
    for (const id of ids) {
      ids.delete(id);
      await work(id);
    }
    waiting.delete(chatId);
  }

  return {
    add(chatId, id) {
      const ids = waiting.get(chatId);
      if (ids !== undefined) {
        ids.add(id);
        return;
      }
      const first = new Set([id]);
      waiting.set(chatId, first);
      void run(chatId, first);
    },
  };
}
