import type { Log } from "../../domain/log.ts";
import type { ChatContext } from "./chat-context.ts";
import { failureWords } from "./failure-words.ts";
import type { Replies } from "./replies.ts";

/** Work for a chat that goes on after the handler of its update has ended: mostly waiting for downloaders. */
export interface Background {
  /** `work` must end soon after `stop` aborts; it may still answer then. Its errors are logged, and the chat is told that it failed. */
  run(context: ChatContext, work: (stop: AbortSignal) => Promise<void>): void;
  /** Resolves when all of it has ended; nothing new is started. */
  stop(): Promise<void>;
}

export function createBackground(deps: { replies: Replies; log: Log }): Background {
  const { replies, log } = deps;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function carryOut(context: ChatContext, work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await work(stopping.signal);
    } catch (error) {
      replies.answer(context, { text: failureWords(error, context, log) });
    }
  }

  return {
    run(context, work) {
      if (stopping.signal.aborted) return;
      const running = carryOut(context, work).finally(() => underWay.delete(running));
      underWay.add(running);
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}
