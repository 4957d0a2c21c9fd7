import type { Log } from "../domain/log.ts";
import type { Deletions } from "../domain/message.ts";

/** Bot API: deleteMessages takes 1–100 ids of one chat. */
const MOST_IDS = 100;
const RETRY_MS = 30_000;

/** How a batch of deletions ended: `done` also when the messages were gone already or can never be deleted. */
export type DeleteMessages = (chatId: number, messageIds: number[]) => Promise<"done" | "later">;

/** Takes the due deletions out of the outbox, batch by batch, until none is left (rule 15). */
export function createSweeper(deps: {
  deletions: Deletions;
  deleteMessages: DeleteMessages;
  now: () => number;
  log: Log;
}): { sweep(): Promise<void> } {
  const { deletions, deleteMessages, now, log } = deps;
  return {
    async sweep() {
      for (;;) {
        const due = deletions.dueOfOneChat(now(), MOST_IDS);
        const [first] = due;
        if (first === undefined) return;
        const ids = due.map(({ messageId }) => messageId);
        // Put off before the call: a crash in between only repeats a deletion, which Telegram takes for done.
        deletions.postpone(first.chatId, ids, now() + RETRY_MS);
        if ((await deleteMessages(first.chatId, ids)) === "done") deletions.done(first.chatId, ids);
        else log.debug("Cannot delete messages now", { chat: first.chatId, messages: ids.length });
      }
    },
  };
}
