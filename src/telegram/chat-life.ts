import type { TelegramChatMemberUpdated } from "gramio";
import type { Log } from "../domain/log.ts";
import { unlessUnavailable } from "../domain/storage.ts";
import type { Access } from "../service/access.ts";
import type { Preferences } from "../service/preferences.ts";

/** What happens to chats themselves: they become other chats, throw the bot out and take it back. None of these throws. */
export interface ChatLife {
  /** Bot API: a group became a supergroup, which has another id. Everything that the old id had goes along. */
  moved(from: number, to: number): void;
  /** Bot API: 403. The chat's notices stop; its links stay. */
  blocked(chatId: number): void;
  /** Somebody let in wrote or pressed there, so the bot can write there again. */
  heardFrom(chatId: number): void;
  /** Bot API: `my_chat_member`. */
  membership(update: TelegramChatMemberUpdated): void;
}

export function createChatLife(deps: {
  access: Access;
  preferences: Preferences;
  moveChat: (move: { from: number; to: number }) => void;
  /** Sends the prompts that the chat lacks. */
  showMissing: (chatId: number) => void;
  log: Log;
}): ChatLife {
  const { access, preferences, log } = deps;
  /** Moves that the database did not take yet, by the new id. */
  const unwritten = new Map<number, number>();
  /** Telegram tells of a move up to three times. */
  const told = new Set<number>();

  function moved(from: number, to: number): void {
    if (!told.has(to)) {
      told.add(to);
      unwritten.set(to, from);
      const member = access.member(from);
      access.moved(from, to);
      // The config goes on naming the old id: without a grant the group would be locked out by a restart.
      if (member?.granted === undefined) keep(to, member);
    }
    write(to);
  }

  function keep(to: number, member: ReturnType<Access["member"]>): void {
    if (member === undefined) return;
    const { role, until, name = String(to) } = member;
    log.warn("A group that the config names has a new id; put it there", { chat: member.id, newChat: to });
    quietly(() => access.grant({ id: to, name, role, until, by: access.admins[0] ?? to }));
  }

  function write(to: number): void {
    const from = unwritten.get(to);
    if (from === undefined) return;
    quietly(() => {
      deps.moveChat({ from, to });
      unwritten.delete(to);
      deps.showMissing(to);
    });
  }

  function quietly(work: () => void): void {
    unlessUnavailable(work, ({ code }) => log.error("Cannot store that a group has a new id now", { code }));
  }

  function setBlocked(chatId: number, blocked: boolean): void {
    if (!preferences.setBlocked(chatId, blocked)) return;
    log.info(blocked ? "A chat does not let the bot write" : "A chat lets the bot write again", { chat: chatId });
    if (!blocked) deps.showMissing(chatId);
  }

  return {
    moved,
    blocked: (chatId) => setBlocked(chatId, true),
    heardFrom(chatId) {
      write(chatId);
      setBlocked(chatId, false);
    },
    membership({ chat, new_chat_member: { status } }) {
      setBlocked(chat.id, status === "kicked" || status === "left");
    },
  };
}
