import type { TelegramChatMemberUpdated } from "gramio";
import { keepLatest } from "../../domain/keep-latest.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** Who administers a group or a channel, according to Telegram. */
export interface GroupAdmins {
  /** Also false while Telegram cannot be asked. In a private chat, its person is the admin. Never rejects. */
  isGroupAdmin(chatId: number, userId: number): Promise<boolean>;
  /** Bot API: `my_chat_member`, and `chat_member`, which comes only if the bot is itself an admin. */
  memberChanged(update: Pick<TelegramChatMemberUpdated, "chat">): void;
}

/** If no update reports a change, somebody may wrongly count as an admin, or not, for this long. */
const KNOWN_MS = 300_000;
const MOST_GROUPS = 1_000;

/** Asks Telegram when somebody first wants to know, and again after some minutes. */
export function createGroupAdmins({ outbox, now }: { outbox: Pick<Outbox, "ask">; now: () => number }): GroupAdmins {
  const known = new Map<number, { readonly askedAt: number; readonly ids: Promise<ReadonlySet<number> | undefined> }>();

  async function ask(chatId: number): Promise<ReadonlySet<number> | undefined> {
    const admins = await outbox.ask("see who administers a group", (api) =>
      api.getChatAdministrators({ chat_id: chatId }),
    );
    return admins && new Set(admins.map(({ user }) => user.id));
  }

  function adminsOf(chatId: number): Promise<ReadonlySet<number> | undefined> {
    const before = known.get(chatId);
    if (before !== undefined && now() >= before.askedAt && now() - before.askedAt < KNOWN_MS) return before.ids;
    const asked = { askedAt: now(), ids: ask(chatId) };
    known.delete(chatId);
    known.set(chatId, asked);
    keepLatest(known, MOST_GROUPS);
    // If Telegram could not be asked, the next request asks again.
    void asked.ids.then((ids) => {
      if (ids === undefined && known.get(chatId) === asked) known.delete(chatId);
    });
    return asked.ids;
  }

  return {
    async isGroupAdmin(chatId, userId) {
      if (chatId > 0) return chatId === userId;
      return (await adminsOf(chatId))?.has(userId) ?? false;
    },
    memberChanged: ({ chat }) => void known.delete(chat.id),
  };
}
