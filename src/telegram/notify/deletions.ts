import type { DeleteMessages } from "../../service/cleanup/message-sweeper.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { WorkDisplay } from "./in-work.ts";
import type { Prompts } from "./prompts.ts";

/**
 * Deletes messages when what is in work is shown, since some of it may stand only in them: its owner can see each link at any
 * moment. A prompt that Telegram does not delete any more is ended in place, so that no button of it lives on.
 */
export function createDeletions({
  outbox,
  prompts,
  work,
}: {
  outbox: Pick<Outbox, "deleteMessages">;
  prompts: Pick<Prompts, "end">;
  work: Pick<WorkDisplay, "caughtUp">;
}): DeleteMessages {
  return async (chatId, messages) => {
    const batches = new Map(messages.map(({ messageId, batchId = null }) => [messageId, batchId]));
    await work.caughtUp(chatId);
    return outbox.deleteMessages(
      chatId,
      messages.map(({ messageId }) => messageId),
      async (messageId) => {
        const batchId = batches.get(messageId) ?? null;
        return batchId === null || prompts.end({ chatId, messageId, batchId });
      },
    );
  };
}
