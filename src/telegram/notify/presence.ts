import type { Log } from "../../domain/log.ts";
import type { Presence } from "../../domain/presence.ts";
import type { Access } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { PresenceDesk } from "../../service/chats/presence.ts";
import type { MessageRetention } from "../../service/cleanup/message-retention.ts";
import { contentParams } from "../context/content.ts";
import { texts } from "../locales/locales.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** Tells every admin whether the bot is running, without a sound, in one message, however often it restarts. */
export interface PresenceTeller {
  /** Goes before anything else that waits to be sent. Never throws, and does not wait. */
  tell(presence: Presence): void;
  /** Resolves when everyone was told, or given up. */
  close(): Promise<void>;
}

export function createPresenceTeller(deps: {
  desk: PresenceDesk;
  access: Pick<Access, "admins">;
  preferences: Pick<Preferences, "language" | "isBlocked">;
  outbox: Outbox;
  retention: MessageRetention;
  log: Log;
}): PresenceTeller {
  const { desk, access, preferences, outbox, retention, log } = deps;

  const underWay = new Set<Promise<void>>();

  async function show(chatId: number, presence: Presence): Promise<void> {
    const content = contentParams({ text: texts[preferences.language(chatId)].admin.presence(presence) });
    const shown = await outbox.send(chatId, { priority: "answer", key: "presence" }, async (api) => {
      // Looked up at the last moment: the previous one may just have been sent.
      const messageId = desk.messageOf(chatId);
      if (messageId === undefined) {
        const { message_id: sent } = await api.sendMessage({ chat_id: chatId, ...content });
        desk.shown(chatId, sent);
        retention.planDeletion({ chatId, messageId: sent }, "notices");
      } else {
        await api.editMessageText({ chat_id: chatId, message_id: messageId, ...content });
        desk.shown(chatId, messageId);
        retention.prolong({ chatId, messageId }, "notices");
      }
    });
    if (shown.ok || shown.kind !== "gone" || desk.messageOf(chatId) === undefined) return;
    desk.gone(chatId);
    await show(chatId, presence);
  }

  return {
    tell(presence) {
      for (const chatId of access.admins) {
        if (preferences.isBlocked(chatId)) continue;
        const showing = show(chatId, presence)
          .catch((error) => log.error("Cannot tell an admin whether the bot is running", { error }))
          .finally(() => underWay.delete(showing));
        underWay.add(showing);
      }
    },
    close: async () => void (await Promise.all(underWay)),
  };
}
