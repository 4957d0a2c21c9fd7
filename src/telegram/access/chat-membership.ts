import type { TelegramChatMemberUpdated } from "gramio";
import { keepLatest } from "../../domain/keep-latest.ts";
import { createThrottle } from "../../domain/throttle.ts";
import type { ChatMigration } from "../../service/chats/migration.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { MutedGroups } from "./muted-groups.ts";

/** What Telegram reports about chats themselves: they get another id, throw the bot out, and take it back. None of these throws. */
export interface ChatMembership {
  /** Bot API: `migrate_to_chat_id`, `migrate_from_chat_id`. */
  moved(from: number, to: number): void;
  /** Bot API: 403. The chat gets no more notices; its links and its news stay. */
  blocked(chatId: number): void;
  /** Call it before anything is done for a chat: a move that the database did not take before is stored first. */
  finishMove(chatId: number): void;
  /**
   * Somebody wrote or pressed there, in a group somebody with access, so the bot may be able to write there again. A group in which it may
   * not goes on talking: what nobody has said to the bot (`isAsked`) is a reason to try only now and then.
   */
  heardFrom(chatId: number, of: { readonly isAsked: boolean }): void;
  /** Bot API: `my_chat_member`. */
  membership(update: TelegramChatMemberUpdated): void;
}

/** How often it is tried on account of talk. */
const TRY_AGAIN_MS = 10 * 60_000;
/** Not each that has grown is reported: the bot may have missed it, or never hears of it. */
const MOST_GROWN = 1_000;

export function createChatMembership(deps: {
  migration: ChatMigration;
  preferences: Pick<Preferences, "isBlocked" | "setBlocked" | "addedBy" | "moved">;
  /** Sends the prompts that the chat lacks, and the news that it has not been told. */
  showMissing: (chatId: number) => void;
  mutedGroups: Pick<MutedGroups, "refused" | "left">;
  now: () => number;
}): ChatMembership {
  const { migration, preferences, showMissing } = deps;
  const mayTry = createThrottle<number>(TRY_AGAIN_MS, deps.now);
  /** Supergroups that were groups. Telegram reports that whoever made one has added the bot there, before the move or after it. */
  const grown = new Set<number>();

  function setBlocked(chatId: number, blocked: boolean): void {
    if (preferences.setBlocked(chatId, blocked) && !blocked) showMissing(chatId);
  }

  return {
    moved(from, to) {
      keepLatest(grown.add(to), MOST_GROWN);
      preferences.moved(from, to);
      if (migration.moved(from, to)) showMissing(to);
    },
    blocked(chatId) {
      setBlocked(chatId, true);
      deps.mutedGroups.refused(chatId);
    },
    finishMove(chatId) {
      if (migration.finish(chatId)) showMissing(chatId);
    },
    heardFrom(chatId, { isAsked }) {
      if (!preferences.isBlocked(chatId)) return;
      if (isAsked || chatId > 0 || mayTry(chatId) !== undefined) setBlocked(chatId, false);
    },
    membership({ chat, from, old_chat_member: before, new_chat_member: after }) {
      const isIn = !isOutside(after.status);
      const isAdded = isIn && isOutside(before.status) && chat.type !== "private";
      if (!grown.delete(chat.id) && isAdded) preferences.addedBy(chat.id, from.language_code);
      if (!isIn) deps.mutedGroups.left(chat.id);
      setBlocked(chat.id, !isIn);
    },
  };
}

const isOutside = (status: TelegramChatMemberUpdated["new_chat_member"]["status"]) =>
  status === "kicked" || status === "left";
