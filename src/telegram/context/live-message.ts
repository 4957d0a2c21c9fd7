import type { Wait } from "../../domain/wait.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { type AnswerRef, editAnswer, editKey } from "./answer-ref.ts";
import type { Background } from "./background.ts";
import type { ChatContext } from "./chat-context.ts";
import type { Content } from "./content.ts";
import type { Replies } from "./replies.ts";

/** How often a live message updates itself, and for how long; in ms. */
export interface LivePace {
  readonly everyMs: number;
  readonly forMs: number;
}

/** A message that keeps itself up to date for a while. */
export interface LiveMessage {
  /**
   * Shows what `render` returns, in a new message or in place of `answer`, and edits it whenever `render` returns something else. Ends
   * when the time is over, the message is gone, the bot stops, or its viewer gets a newer live message.
   */
  show(context: ChatContext, render: (stop: AbortSignal) => Promise<Content>, answer?: AnswerRef): void;
}

export function createLiveMessage(deps: {
  background: Background;
  replies: Replies;
  outbox: Outbox;
  pace: LivePace;
  now: () => number;
  wait: Wait;
}): LiveMessage {
  const { background, replies, outbox, pace, now, wait } = deps;
  /** The latest show by its viewer: a chat, or one person in it. */
  const latest = new Map<string, object>();

  /** False if the message is gone, or cannot be edited. */
  async function edit(answer: AnswerRef, content: Content): Promise<boolean> {
    const edited = await outbox.send(answer.chatId, { priority: "notice", key: editKey(answer) }, (api) =>
      editAnswer(api, answer, content),
    );
    return edited.ok;
  }

  async function place(context: ChatContext, content: Content, answer?: AnswerRef): Promise<AnswerRef | undefined> {
    if (answer === undefined) return replies.post(context, content);
    replies.edit(answer, content);
    return answer;
  }

  return {
    show(context, render, answer) {
      const showing = {};
      const viewer = `${context.chatId} ${context.aside?.userId}`;
      latest.set(viewer, showing);
      background.run(context, async (stop) => {
        let shown = await render(stop);
        const placed = await place(context, shown, answer);
        const until = now() + pace.forMs;
        while (placed !== undefined && now() < until) {
          await wait(pace.everyMs, stop);
          if (stop.aborted || latest.get(viewer) !== showing) return;
          const content = await render(stop);
          if (Bun.deepEquals(content, shown)) continue;
          if (latest.get(viewer) !== showing || !(await edit(placed, content))) break;
          shown = content;
        }
        if (latest.get(viewer) === showing) latest.delete(viewer);
      });
    },
  };
}
