import type { Wait } from "../../domain/wait.ts";
import { type Content, contentParams } from "../outbox/content.ts";
import type { Messenger } from "../outbox/outbox.ts";
import type { Speaker } from "../outbox/replies.ts";
import type { Background } from "./background.ts";
import type { Conversation } from "./context.ts";

/** How often a live message looks again, and for how long; in ms. */
export interface LivePace {
  readonly everyMs: number;
  readonly forMs: number;
}

/** A message that keeps itself up to date for a while. */
export interface Live {
  /**
   * Shows what `render` says, in a new message or in place of `messageId`, and edits it whenever `render` says something
   * else. Ends with the time, with the message, with the bot, and when the chat gets a newer live message.
   */
  show(who: Conversation, render: (stop: AbortSignal) => Promise<Content>, messageId?: number): void;
}

export function createLive(deps: {
  background: Background;
  speaker: Speaker;
  messenger: Messenger;
  pace: LivePace;
  now: () => number;
  wait: Wait;
}): Live {
  const { background, speaker, messenger, pace, now, wait } = deps;
  /** The latest show of each chat. */
  const latest = new Map<number, object>();

  /** False when the message is not there any more, or cannot be edited. */
  async function edit(chatId: number, messageId: number, content: Content): Promise<boolean> {
    const edited = await messenger.send(chatId, { priority: "notice", key: `edit ${messageId}` }, (api) =>
      api.editMessageText({ chat_id: chatId, message_id: messageId, ...contentParams(content) }),
    );
    return edited.ok;
  }

  async function place(who: Conversation, content: Content, messageId?: number): Promise<number | undefined> {
    if (messageId === undefined) return speaker.post(who, content);
    speaker.edit(who.chatId, messageId, content);
    return messageId;
  }

  return {
    show(who, render, messageId) {
      const turn = {};
      latest.set(who.chatId, turn);
      background.run(who, async (stop) => {
        let shown = await render(stop);
        const id = await place(who, shown, messageId);
        const until = now() + pace.forMs;
        while (id !== undefined && now() < until) {
          await wait(pace.everyMs, stop);
          if (stop.aborted || latest.get(who.chatId) !== turn) return;
          const content = await render(stop);
          if (Bun.deepEquals(content, shown)) continue;
          if (latest.get(who.chatId) !== turn || !(await edit(who.chatId, id, content))) break;
          shown = content;
        }
        if (latest.get(who.chatId) === turn) latest.delete(who.chatId);
      });
    },
  };
}
