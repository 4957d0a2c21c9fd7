import type { Wait } from "../../domain/wait.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Background } from "./background.ts";
import type { ChatContext } from "./chat-context.ts";
import { type Content, contentParams } from "./content.ts";
import type { Replies } from "./replies.ts";

/** How often a live message looks again, and for how long; in ms. */
export interface LivePace {
  readonly everyMs: number;
  readonly forMs: number;
}

/** A message that keeps itself up to date for a while. */
export interface LiveMessage {
  /**
   * Shows what `render` says, in a new message or in place of `messageId`, and edits it whenever `render` says something
   * else. Ends with the time, with the message, with the bot, and when the chat gets a newer live message.
   */
  show(context: ChatContext, render: (stop: AbortSignal) => Promise<Content>, messageId?: number): void;
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
  /** The latest show of each chat. */
  const latest = new Map<number, object>();

  /** False when the message is not there any more, or cannot be edited. */
  async function edit(chatId: number, messageId: number, content: Content): Promise<boolean> {
    const edited = await outbox.send(chatId, { priority: "notice", key: `edit ${messageId}` }, (api) =>
      api.editMessageText({ chat_id: chatId, message_id: messageId, ...contentParams(content) }),
    );
    return edited.ok;
  }

  async function place(context: ChatContext, content: Content, messageId?: number): Promise<number | undefined> {
    if (messageId === undefined) return replies.post(context, content);
    replies.edit(context.chatId, messageId, content);
    return messageId;
  }

  return {
    show(context, render, messageId) {
      const showing = {};
      latest.set(context.chatId, showing);
      background.run(context, async (stop) => {
        let shown = await render(stop);
        const id = await place(context, shown, messageId);
        const until = now() + pace.forMs;
        while (id !== undefined && now() < until) {
          await wait(pace.everyMs, stop);
          if (stop.aborted || latest.get(context.chatId) !== showing) return;
          const content = await render(stop);
          if (Bun.deepEquals(content, shown)) continue;
          if (latest.get(context.chatId) !== showing || !(await edit(context.chatId, id, content))) break;
          shown = content;
        }
        if (latest.get(context.chatId) === showing) latest.delete(context.chatId);
      });
    },
  };
}
