import type { DeliveryEvent } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { MessageReactions } from "./message-reactions.ts";

/**
 * Shows on messages that outlive their links that these were taken, and how that ended: their prompts go, and nothing else would tell.
 * None of these throws or waits.
 */
export interface KeptMessages {
  /** A downloader has taken the link. */
  handedOver(link: Pick<Link, "chatId" | "messageId" | "keepsMessage">): void;
  ended(events: readonly DeliveryEvent[]): void;
  /** The link was given up, or taken out of the queue: what its message shows may now be final. */
  notHandedOver(link: Pick<Link, "chatId" | "messageId">): void;
}

export function createKeptMessages(deps: {
  reactions: MessageReactions;
  preferences: Pick<Preferences, "keepsAll" | "notices">;
}): KeptMessages {
  const { reactions, preferences } = deps;

  function handedOver({ chatId, messageId, keepsMessage }: Parameters<KeptMessages["handedOver"]>[0]): void {
    if (messageId === null || !(keepsMessage || preferences.keepsAll(chatId))) return;
    // If the chat gets reactions in place of notices, they are there anyway.
    if (preferences.notices(chatId) !== "reaction") void reactions.refresh(chatId, messageId);
  }

  return {
    handedOver,
    ended(events) {
      for (const { delivery } of events) handedOver(delivery);
    },
    notHandedOver({ chatId, messageId }) {
      if (messageId !== null) reactions.follow(chatId, messageId);
    },
  };
}
