import type { Wait } from "../../domain/wait.ts";
import { createGathering } from "./gathering.ts";
import { createPace, type Pace } from "./pace.ts";

/** When a chat's message about what is in work may change without anybody having asked for it. */
export interface WorkPace extends Pick<Pace, "mayNow"> {
  /** A link was handed over in this chat. */
  came(chatId: number): void;
  /** Whether more may be on its way, so that it is too early to show what has come. */
  isGathering(chatId: number): boolean;
  /**
   * No link is due any more: what has come is shown now. Where the latest call was only just made, it waits until it is quiet: somebody may
   * press one link after another, and the call in place of the next one is for all of them.
   */
  allHandedOver(): void;
  /** No function is called any more. */
  stop(): void;
}

/**
 * The time between calls for a chat, all topics together. What is new waits only for this and for what comes with it, because its prompt
 * waits too.
 */
const CHAT_PACE_MS = 2_000;
const CHAT_PACE_IN_GROUPS_MS = 6_000;
/** What comes this soon after something else is shown together with it, and the last of it in place of the chat's next call. */
const GATHER_MS = 200;
/**
 * Telegram takes about thirty calls a second for all chats together. While links come in many chats at once, each has its call after this
 * time for each of them, which leaves room for answers.
 */
const CALL_IN_A_CROWD_MS = 50;

/** `over`: what has come in a chat may be shown; `isAll`: nothing more is on its way. `gatherWait` is for gathering. */
export function createWorkPace(deps: {
  now: () => number;
  wait: Wait;
  gatherWait: Wait;
  over: (chatId: number, how: { isAll: boolean }) => void;
}): WorkPace {
  const { now, wait, gatherWait, over } = deps;
  const chats = createPace({ everyMs: CHAT_PACE_MS, now, wait });
  const groups = createPace({ everyMs: CHAT_PACE_IN_GROUPS_MS, now, wait });
  const paceOf = (chatId: number) => (chatId < 0 ? groups : chats);
  const gathering = createGathering({
    quietMs: GATHER_MS,
    mostMs: (chatId) => (chatId < 0 ? CHAT_PACE_IN_GROUPS_MS : CHAT_PACE_MS),
    crowdMs: (underWay) => Math.max(0, underWay * CALL_IN_A_CROWD_MS - CHAT_PACE_MS),
    wait: gatherWait,
    over,
  });

  return {
    mayNow: (chatId, later, how) => paceOf(chatId).mayNow(chatId, later, how),
    came: gathering.came,
    isGathering: gathering.isUnderWay,
    allHandedOver: () => gathering.end((chatId) => paceOf(chatId).isFree(chatId)),
    stop() {
      chats.stop();
      groups.stop();
      gathering.stop();
    },
  };
}
