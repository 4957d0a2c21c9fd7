import type { Direct, DirectResult } from "../../service/dispatch/direct-hand-over.ts";
import type { Background } from "../context/background.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Replies } from "../context/replies.ts";

/**
 * Says what becomes of links that bypass the queue (rule 4), once that is known. Resolves with true if the update that brought them may be
 * confirmed: at once if all of them are kept, otherwise when the person has been told the outcome, or to send again what they do not hear
 * of; with false if neither could be said. Never rejects.
 */
export type TellDirect = (context: ChatContext, directs: readonly Direct[], replyTo?: number) => Promise<boolean>;

export function createTellDirect(deps: { replies: Pick<Replies, "tell">; background: Background }): TellDirect {
  const { replies, background } = deps;

  function tell(context: ChatContext, result: DirectResult, replyTo: number | undefined): Promise<boolean> {
    const { texts } = context;
    const text =
      result.kind === "sent"
        ? texts.sentDirectly(result.url, result.downloader)
        : texts[result.kind](result.url, result.maybe);
    return replies.tell(context, { text }, replyTo);
  }

  return async (context, directs, replyTo) => {
    // Telegram may take nothing for a long time, so what is being said and what has been said are tracked separately.
    const saying = directs.map(async ({ result }) => ({ isTold: tell(context, await result, replyTo) }));
    background.run(context, async () => void (await Promise.all(saying)));
    if (directs.every(({ isKept }) => isKept)) return true;
    const areTold = saying.map(async (one) => (await one).isTold);
    const isAllTold = Promise.all(areTold).then((told) => told.every(Boolean));
    return either(replies.tell(context, { text: context.texts.handingOver }), isAllTold);
  };
}

/** Resolves with true as soon as one of them does, else with false. */
function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  const otherwise = (first: boolean, second: Promise<boolean>) => first || second;
  return Promise.race([one.then((first) => otherwise(first, other)), other.then((first) => otherwise(first, one))]);
}
