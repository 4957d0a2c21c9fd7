import { keepLatest } from "../../domain/keep-latest.ts";
import type { Priority } from "./send-result.ts";

/** Keeps a group within Telegram's limit, with room for what people wait for. Private chats have no such limit. */
export interface GroupBudget {
  /** In how many ms a call of this priority may go to the chat; 0: now. */
  freeIn(chatId: number, priority: Priority): number;
  /** A call goes now. */
  spend(chatId: number, priority: Priority): void;
}

interface Spent {
  readonly at: number;
  readonly priority: Priority;
}

const MINUTE_MS = 60_000;
/** Bot API: about 20 messages a minute in a group, including edits. Calls that nobody waits for may not use the last of them. */
const MOST_A_MINUTE: Readonly<Record<Priority, number>> = {
  answer: 19,
  prompt: 17,
  notice: 13,
  cleanup: Number.POSITIVE_INFINITY,
};
/** However busy a group is, one notice a minute has room: otherwise what is in work there, and news, would never be told. */
const MOST_BEFORE_THE_ONE_NOTICE = 18;

/** Groups whose calls are counted; of that many, the one that has heard nothing for longest has its whole budget again. */
const MOST_GROUPS = 3_000;

export function createGroupBudget(now: () => number): GroupBudget {
  const spent = new Map<number, Spent[]>();

  function latest(chatId: number): Spent[] {
    const calls = (spent.get(chatId) ?? []).filter(({ at }) => now() - at < MINUTE_MS && at <= now());
    if (calls.length === 0) spent.delete(chatId);
    else spent.set(chatId, calls);
    return calls;
  }

  /** In how many ms a call will be a minute old, and no longer count. */
  const untilOver = (call: Spent | undefined): number => (call === undefined ? 0 : call.at + MINUTE_MS - now());

  return {
    freeIn(chatId, priority) {
      const most = MOST_A_MINUTE[priority];
      if (chatId > 0 || most === Number.POSITIVE_INFINITY) return 0;
      const calls = latest(chatId);
      const inTurn = untilOver(calls.at(-most));
      if (priority !== "notice") return inTurn;
      const before = calls.findLast((call) => call.priority === "notice");
      return Math.min(inTurn, Math.max(untilOver(before), untilOver(calls.at(-MOST_BEFORE_THE_ONE_NOTICE))));
    },
    spend(chatId, priority) {
      if (chatId >= 0 || priority === "cleanup") return;
      const calls = [...latest(chatId), { at: now(), priority }];
      spent.delete(chatId);
      keepLatest(spent.set(chatId, calls), MOST_GROUPS);
    },
  };
}
