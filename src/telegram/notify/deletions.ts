import type { DeleteMessages } from "../../service/cleanup/message-sweeper.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Prompts } from "./prompts.ts";

/** Deletes messages. A prompt that is too old for that is ended in place, so that none of its buttons lives on. */
export function createDeletions({
  outbox,
  prompts,
}: {
  outbox: Pick<Outbox, "deleteMessages">;
  prompts: Pick<Prompts, "end">;
}): DeleteMessages {
  return async (chatId, messages) => {
    const batches = new Map(messages.map(({ messageId, batchId = null }) => [messageId, batchId]));
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
