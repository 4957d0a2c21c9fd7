import type { Link } from "../../domain/link.ts";
import type { News } from "../../domain/news.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { MessageReactions } from "./message-reactions.ts";

/**
 * Shows on messages that outlive their links that these were taken, and how that ended: their prompts go, and nothing else would tell. If
 * the chat gets reactions in place of notices, they are there anyway. None of these throws or rejects.
 */
export interface KeptMessages {
  /** A downloader has taken the link. */
  handedOver(link: Kept): void;
  /** This is being told, or would be if the chat wanted notices. Resolves with false if a message does not show it. */
  ended(news: readonly News[]): Promise<boolean>;
  /** The link was taken out of the queue: what its message shows may now be final. */
  takenOut(link: Pick<Link, "chatId" | "messageId">): void;
}

type Kept = Pick<Link, "chatId" | "messageId" | "keepsMessage">;

export function createKeptMessages(deps: {
  reactions: MessageReactions;
  preferences: Pick<Preferences, "keepsAll" | "notices">;
}): KeptMessages {
  const { reactions, preferences } = deps;

  /** False if it could not be shown. */
  async function show({ chatId, messageId, keepsMessage }: Kept): Promise<boolean> {
    if (messageId === null || !(keepsMessage || preferences.keepsAll(chatId))) return true;
    return preferences.notices(chatId) === "reaction" || (await reactions.refresh(chatId, messageId));
  }

  function takenOut({ chatId, messageId }: Parameters<KeptMessages["takenOut"]>[0]): void {
    if (messageId !== null) reactions.follow(chatId, messageId);
  }

  return {
    handedOver: (link) => void show(link),
    async ended(news) {
      const shown = news.map((one) => {
        if (one.kind !== "failed") return show(one.delivery);
        if (preferences.notices(one.chatId) !== "reaction") takenOut(one.link);
        return true;
      });
      return (await Promise.all(shown)).every(Boolean);
    },
    takenOut,
  };
}
