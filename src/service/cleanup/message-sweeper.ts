import type { Log } from "../../domain/log.ts";
import type { Deletion, Deletions } from "../../domain/message.ts";
import type { Together } from "../../domain/storage.ts";

/** Bot API: deleteMessages takes 1–100 ids of one chat. */
const MOST_IDS = 100;
const RETRY_MS = 30_000;
/** Chats whose deletions are under way at a time. */
const CHATS_AT_ONCE = 16;

/** How a batch of deletions ended: `done` also when the messages were gone already or can never be deleted. */
export type DeleteMessages = (chatId: number, messages: readonly SweptMessage[]) => Promise<"done" | "later">;

/** A message that is to be deleted. */
export type SweptMessage = Pick<Deletion, "messageId" | "batchId">;

export interface Sweeper {
  /**
   * Starts deleting what is due and does not wait for it: a chat that Telegram is slow with holds up no other one. What
   * becomes due later is for the next sweep, so that a chat's messages go together. Never rejects; throws `StoreUnavailable`.
   */
  sweep(): void;
  /** Starts nothing more. */
  stop(): void;
}

/** Carries out the planned deletions that are due, chat by chat, batch by batch (rule 15). */
export function createSweeper(deps: {
  deletions: Deletions;
  deleteMessages: DeleteMessages;
  together: Together;
  now: () => number;
  log: Log;
}): Sweeper {
  const { deletions, deleteMessages, together, now, log } = deps;
  const busy = new Set<number>();
  let stopped = false;
  /** What is due by then is deleted, epoch ms. */
  let until = Number.NEGATIVE_INFINITY;

  function goOn(): void {
    while (!stopped && busy.size < CHATS_AT_ONCE) {
      const due = deletions.dueOfOneChat(until, MOST_IDS, [...busy]);
      const [first] = due;
      if (first === undefined) return;
      busy.add(first.chatId);
      void carryOut(first.chatId, due);
    }
  }

  async function carryOut(chatId: number, due: readonly Deletion[]): Promise<void> {
    const ids = due.map(({ messageId }) => messageId);
    try {
      // Put off before the call: a crash in between only repeats a deletion, which Telegram takes for done.
      await together(() => deletions.postpone(chatId, ids, now() + RETRY_MS));
      if ((await deleteMessages(chatId, due)) === "done") await together(() => deletions.done(chatId, ids));
      else log.debug("Cannot delete messages now", { chat: chatId, messages: ids.length });
      busy.delete(chatId);
      goOn();
    } catch (error) {
      busy.delete(chatId);
      log.warn("Cannot go on deleting messages now", { chat: chatId, error });
    }
  }

  return {
    sweep() {
      until = now();
      goOn();
    },
    stop() {
      stopped = true;
    },
  };
}
