import type { Outbox } from "../outbox/outbox.ts";
import type { IsGroupAdmin } from "./may-press.ts";

/**
 * Whether the bot gets everything that is written in a group. Bot API: in privacy mode, which every new bot is in, it gets only commands,
 * answers to its own messages and what mentions it, unless it is an admin there. True while Telegram cannot be asked. Never rejects.
 */
export type HearsAll = (chatId: number) => Promise<boolean>;

export function createHearsAll(deps: { outbox: Pick<Outbox, "ask">; isGroupAdmin: IsGroupAdmin }): HearsAll {
  return async (chatId) => {
    // Asked each time: the mode can be changed at @BotFather at any time, and nobody tells the bot.
    const me = await deps.outbox.ask("see whether it gets all messages of groups", (api) => api.getMe());
    return me?.can_read_all_group_messages !== false || deps.isGroupAdmin(chatId, me.id);
  };
}
