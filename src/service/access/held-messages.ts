import type { HeldMessage, HeldMessages } from "../../domain/held-message.ts";
import type { Log } from "../../domain/log.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Access } from "./access.ts";

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 30 * DAY_MS;
/** How many links are kept for one stranger. */
export const MOST_HELD_LINKS = 20;
/** For all strangers together, so that they cannot fill the disk. */
const MOST_MESSAGES = 1_000;
/** As JSON; 4,096 letters of any language fit. */
const LONGEST = 32_768;

/** Messages with links from strangers, kept until they are let in. None of these throws. */
export interface MessageHold {
  /** False if it is not kept: there is too much already, or the database cannot be used. */
  hold(message: Omit<HeldMessage, "heldAt">): boolean;
  /** Replaces a held message with its edited version; does nothing if it was not held. */
  renew(message: Omit<HeldMessage, "heldAt">): void;
  /** Held messages of people who now have access; `drop` each once it has been handled. */
  due(): readonly HeldMessage[];
  drop(message: HeldMessage): void;
  /** For somebody who was refused. */
  dropAll(chatId: number): void;
  /** Forgets messages whose senders were not let in for a long time. */
  forget(): void;
}

export function createMessageHold(deps: {
  heldMessages: HeldMessages;
  access: Pick<Access, "roleOf">;
  now: () => number;
  log: Log;
}): MessageHold {
  const { heldMessages, access, now, log } = deps;

  function quietly<T>(work: () => T, otherwise: T): T {
    return unlessUnavailable(work, ({ code }) => {
      log.warn("Cannot use the links kept for strangers now", { code });
      return otherwise;
    });
  }

  function hold(message: Omit<HeldMessage, "heldAt">): boolean {
    const { chatId, messageId, links, content } = message;
    const others = heldMessages.of(chatId).filter((held) => held.messageId !== messageId);
    const open = others.reduce((sum, held) => sum + held.links, 0);
    if (open + links > MOST_HELD_LINKS || heldMessages.count() >= MOST_MESSAGES) return false;
    if (JSON.stringify(content).length > LONGEST) return false;
    heldMessages.hold({ ...message, heldAt: now() });
    return true;
  }

  return {
    hold: (message) => quietly(() => hold(message), false),
    renew: (message) =>
      quietly(() => {
        const isHeld = heldMessages.of(message.chatId).some(({ messageId }) => messageId === message.messageId);
        if (isHeld) hold(message);
      }, undefined),
    due: () =>
      quietly((): readonly HeldMessage[] => {
        const isIn = (chatId: number) => access.roleOf({ chatId, userId: undefined }) !== "nobody";
        return heldMessages.chats().filter(isIn).flatMap(heldMessages.of);
      }, []),
    drop: (message) => quietly(() => heldMessages.drop(message), undefined),
    dropAll: (chatId) => quietly(() => heldMessages.dropAll(chatId), undefined),
    forget: () => quietly(() => heldMessages.forgetBefore(now() - KEPT_MS), undefined),
  };
}
