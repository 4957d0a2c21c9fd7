import type { Direct, DirectResult } from "../../service/dispatch/direct-hand-over.ts";
import type { Background } from "../context/background.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Replies } from "../context/replies.ts";

/**
 * Says what becomes of links that go past the queue (rule 4), once that is known. Resolves when the update that brought them
 * may be confirmed: at once where all of them are kept, else when the person was told to send again what is not heard of,
 * or was told the outcome. Never rejects.
 */
export type TellDirect = (context: ChatContext, directs: readonly Direct[], replyTo?: number) => Promise<void>;

export function createTellDirect({ replies, background }: { replies: Replies; background: Background }): TellDirect {
  function tell(context: ChatContext, result: DirectResult, replyTo: number | undefined): void {
    const { texts } = context;
    const text =
      result.kind === "sent"
        ? texts.sentDirectly(result.url, result.downloader)
        : texts[result.kind](result.url, result.maybe);
    replies.answer(context, { text }, replyTo);
  }

  return async (context, directs, replyTo) => {
    const told = Promise.all(directs.map(async ({ result }) => tell(context, await result, replyTo)));
    background.run(context, async () => void (await told));
    if (directs.every(({ isKept }) => isKept)) return;
    const warning = replies.post(context, { text: context.texts.handingOver });
    await Promise.race([told, warning.then((messageId) => (messageId === undefined ? told : undefined))]);
  };
}
