import type { Direct, DirectResult } from "../../service/dispatch/direct-hand-over.ts";
import type { Background } from "../context/background.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Replies } from "../context/replies.ts";

/**
 * Says what becomes of links that go past the queue (rule 4), once that is known. Resolves with true when the update that
 * brought them may be confirmed: at once where all of them are kept, else when the person was told to send again what is not
 * heard of, or was told the outcome; with false where neither could be said. Never rejects.
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
    // What is being said and what was said are two things: Telegram may take nothing for a long time.
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
