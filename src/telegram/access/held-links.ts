import type { TelegramMessage } from "gramio";
import { findLinks } from "../../domain/incoming.ts";
import type { Log } from "../../domain/log.ts";
import type { MessageHold } from "../../service/access/held-messages.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { textPartsOf } from "../context/message-text.ts";

/** Messages from strangers: kept, and handled as if they had just come once their senders are let in. */
export interface HeldLinks {
  /** How many links of the message are kept; 0 if it has none, undefined if there is no room for them. Never throws. */
  keep(message: TelegramMessage): number | undefined;
  /** Replaces a kept message with its edited version. Never throws. */
  renew(message: TelegramMessage): void;
  /** Handles the kept messages of those who have access by now, in the background. Never throws. */
  take(): void;
  /** Forgets the messages of somebody who was refused. Never throws. */
  forget(chatId: number): void;
}

export function createHeldLinks(deps: {
  hold: MessageHold;
  contextOf: (message: TelegramMessage) => ChatContext;
  takeLinks: (
    context: ChatContext,
    message: TelegramMessage,
  ) => Promise<{ readonly isSafe: Promise<boolean> | undefined }> | undefined;
  log: Log;
}): HeldLinks {
  const { hold, log } = deps;
  let isTaking = false;

  async function takeAll(): Promise<void> {
    for (const held of hold.due()) {
      const { content } = held;
      const taken = isMessage(content) ? await deps.takeLinks(deps.contextOf(content), content) : undefined;
      if ((await taken?.isSafe) === false) continue;
      // A crash before this handles the message a second time, which adds nothing.
      hold.drop(held);
    }
  }

  const heldOf = (message: TelegramMessage) => ({
    chatId: message.chat.id,
    messageId: message.message_id,
    links: findLinks(textPartsOf(message)).length,
    content: message,
  });

  return {
    keep(message) {
      const held = heldOf(message);
      return held.links === 0 || hold.hold(held) ? held.links : undefined;
    },
    renew: (message) => hold.renew(heldOf(message)),
    take() {
      if (isTaking) return;
      isTaking = true;
      void takeAll()
        .catch((error) => log.error("Cannot queue what a stranger had sent", { error }))
        .finally(() => {
          isTaking = false;
        });
    },
    forget: hold.dropAll,
  };
}

/** It was one when it was stored. */
function isMessage(content: unknown): content is TelegramMessage {
  return typeof content === "object" && content !== null && "message_id" in content && "chat" in content;
}
