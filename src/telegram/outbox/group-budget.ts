import type { Priority } from "./send-result.ts";

/** Keeps a group within Telegram's limit, with room for what people wait for. Private chats have no such limit. */
export interface GroupBudget {
  /** In how many ms a call of this priority may go to the chat; 0: now. */
  freeIn(chatId: number, priority: Priority): number;
  /** A call goes now. */
  spend(chatId: number, priority: Priority): void;
}

const MINUTE_MS = 60_000;
/** Bot API: about 20 messages a minute in a group, edits counted. What nobody waits for leaves the last of them alone. */
const MOST_A_MINUTE: Readonly<Record<Priority, number>> = {
  answer: 19,
  prompt: 17,
  notice: 13,
  cleanup: Number.POSITIVE_INFINITY,
};

export function createGroupBudget(now: () => number): GroupBudget {
  const spent = new Map<number, number[]>();

  function latest(chatId: number): number[] {
    const times = (spent.get(chatId) ?? []).filter((at) => now() - at < MINUTE_MS && at <= now());
    if (times.length === 0) spent.delete(chatId);
    else spent.set(chatId, times);
    return times;
  }

  return {
    freeIn(chatId, priority) {
      const most = MOST_A_MINUTE[priority];
      if (chatId > 0 || most === Number.POSITIVE_INFINITY) return 0;
      const times = latest(chatId);
      const blocking = times.at(-most);
      return blocking === undefined ? 0 : blocking + MINUTE_MS - now();
    },
    spend(chatId, priority) {
      if (chatId < 0 && priority !== "cleanup") spent.set(chatId, [...latest(chatId), now()]);
    },
  };
}
