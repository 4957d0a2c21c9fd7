import type { OpenWork } from "../../domain/in-work.ts";

/** Lets others wait until what is in work in a chat can be seen there. */
export interface UnseenWork {
  /** Resolves when it can be seen. */
  waitFor(work: OpenWork): Promise<void>;
  /** Checks whether what is waited for can be seen by now, in one chat if it is named. */
  look(chatId?: number): void;
  /** Nobody has to wait any more. */
  close(): void;
}

interface Waiting {
  readonly work: OpenWork;
  readonly seen: () => void;
}

/** By chat: with a thousand of them, checking all for each call would take longer than the call. */
export function createUnseenWork(isSeen: (work: OpenWork) => boolean): UnseenWork {
  const chats = new Map<number, Set<Waiting>>();

  function lookAt(chatId: number, ofChat: Set<Waiting>): void {
    for (const waiting of ofChat) {
      if (!isSeen(waiting.work)) continue;
      ofChat.delete(waiting);
      waiting.seen();
    }
    if (ofChat.size === 0) chats.delete(chatId);
  }

  return {
    waitFor(work) {
      return new Promise((seen) => {
        const ofChat = chats.get(work.chatId) ?? new Set();
        chats.set(work.chatId, ofChat.add({ work, seen }));
      });
    },
    look(only) {
      if (only === undefined) return chats.forEach((ofChat, chatId) => void lookAt(chatId, ofChat));
      const ofChat = chats.get(only);
      if (ofChat !== undefined) lookAt(only, ofChat);
    },
    close() {
      for (const ofChat of chats.values()) for (const { seen } of ofChat) seen();
      chats.clear();
    },
  };
}
