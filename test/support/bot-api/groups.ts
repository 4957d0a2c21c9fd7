import { type Chats, GENERAL } from "./chats.ts";
import type { Account, ChatRecord, Message } from "./message.ts";
import { forbidden } from "./refusal.ts";
import type { Updates } from "./updates.ts";
import { type Writing, written } from "./writing.ts";

/** A group that the bot is in, as an administrator. */
export interface Group {
  readonly id: number;
  /** Opens a forum topic; its `message_thread_id`. */
  topic(name: string): number;
  /** Closes a forum topic, or General: only administrators may write there. */
  closes(topic?: number): void;
  /** Makes somebody an admin; the bot, which is one, is told with `chat_member` if it asks for that. */
  promotes(person: { readonly id: number }): void;
  demotes(person: { readonly id: number }): void;
  /** Removes all of the bot's rights: it stays as a member. */
  demotesBot(): void;
  /** Only administrators may write, or everybody again; the bot is told nothing of it. */
  silences(): void;
  opens(): void;
  /** Removes the bot's right to delete other people's messages. */
  forbidsDeleting(): void;
  /** Somebody adds the bot, which is told with `my_chat_member`. */
  isJoinedBy(person: { readonly id: number }): void;
  /** Throws the bot out; it is told with `my_chat_member`. */
  expels(): void;
  /** Becomes a supergroup with a new id; the bot is told with both service messages. */
  upgrades(id: number): Group;
}

/** A channel that the bot is in, as an administrator. */
export interface Channel {
  readonly id: number;
  /** Bot API: the only sender of a `channel_post` is the channel. */
  posts(text: string, how?: Writing): Message;
  edits(messageId: number, text: string): void;
}

export interface GroupProfile {
  readonly id: number;
  readonly title: string;
  readonly forum?: boolean;
}

interface World {
  readonly bot: Account;
  readonly chats: Chats;
  readonly updates: Updates;
  readonly now: () => number;
}

const OWNER: Account = { id: 1, is_bot: false, first_name: "Owner", language_code: "en" };
/** Bot API: `GroupAnonymousBot`, the sender that stands for anonymous administrators, and for a group itself. */
export const ANONYMOUS: Account = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};

/** Bot API: supergroups are those below this id. */
const SUPERGROUPS_BELOW = -1_000_000_000_000;

/** A group by its id: forums are always supergroups. */
export function createGroup({ id, title, forum = false }: GroupProfile, world: World): Group {
  const { bot, chats, updates, now } = world;
  const supergroup = forum || id < SUPERGROUPS_BELOW;
  const record: ChatRecord = {
    id,
    type: supergroup ? "supergroup" : "group",
    title,
    ...(forum && { is_forum: true as const }),
  };
  const chat = chats.open(record);
  chat.members.set(bot.id, bot);
  const changes = (personId: number, from: string, to: string) => {
    const user = chat.members.get(personId) ?? chats.get(personId)?.members.get(personId);
    if (user === undefined) throw new Error(`Nobody is ${personId}`);
    chat.members.set(personId, user);
    if (to === "administrator") chat.admins.add(personId);
    else chat.admins.delete(personId);
    updates.tell("chat_member", {
      chat: record,
      from: OWNER,
      date: Math.floor(now() / 1000),
      old_chat_member: { user, status: from },
      new_chat_member: { user, status: to },
    });
  };
  return {
    id,
    promotes: ({ id: personId }) => changes(personId, "member", "administrator"),
    demotes: ({ id: personId }) => changes(personId, "administrator", "member"),
    topic(name) {
      if (!forum) throw new Error(`"${title}" is no forum`);
      const created = chats.post(chat, { from: OWNER, forum_topic_created: { name, icon_color: 7_322_096 } });
      chat.topics.set(created.message_id, name);
      return created.message_id;
    },
    closes(topic = GENERAL) {
      chat.closedTopics.add(topic);
      const place = topic === GENERAL ? {} : { message_thread_id: topic, is_topic_message: true as const };
      updates.tell("message", chats.post(chat, { from: OWNER, ...place, forum_topic_closed: {} }));
    },
    demotesBot() {
      chat.botIsAdmin = false;
      chat.botMayDelete = false;
    },
    silences() {
      chat.onlyAdminsWrite = true;
    },
    opens() {
      chat.onlyAdminsWrite = false;
    },
    forbidsDeleting() {
      chat.botMayDelete = false;
    },
    isJoinedBy({ id: personId }) {
      chat.closedBecause = undefined;
      updates.tell("my_chat_member", {
        chat: record,
        from: chats.get(personId)?.members.get(personId),
        date: Math.floor(now() / 1000),
        old_chat_member: { user: bot, status: "left" },
        new_chat_member: { user: bot, status: "administrator" },
      });
    },
    expels() {
      chat.closedBecause = forbidden(`bot was kicked from the ${record.type} chat`);
      updates.tell("my_chat_member", {
        chat: record,
        from: OWNER,
        date: Math.floor(now() / 1000),
        old_chat_member: { user: bot, status: "administrator" },
        new_chat_member: { user: bot, status: "kicked", until_date: 0 },
      });
    },
    upgrades(newId) {
      if (supergroup || newId >= SUPERGROUPS_BELOW) throw new Error("Only a basic group becomes a supergroup");
      const group = createGroup({ id: newId, title }, world);
      const successor = chats.named(newId);
      for (const [memberId, member] of chat.members) successor.members.set(memberId, member);
      for (const adminId of chat.admins) successor.admins.add(adminId);
      // telegram-bot-api #266: the bot joins the new chat, and never leaves the old one.
      updates.tell("my_chat_member", {
        chat: successor.record,
        from: OWNER,
        date: Math.floor(now() / 1000),
        old_chat_member: { user: bot, status: "left" },
        new_chat_member: { user: bot, status: chat.botIsAdmin ? "administrator" : "member" },
      });
      updates.tell("message", chats.post(chat, { from: OWNER, migrate_to_chat_id: newId }));
      // ktgbotapi #514: the new chat says so itself.
      const itself = { from: ANONYMOUS, sender_chat: successor.record };
      updates.tell("message", chats.post(successor, { ...itself, migrate_from_chat_id: id }));
      chat.migratedTo = newId;
      return group;
    },
  };
}

export function createChannel({ id, title }: GroupProfile, { bot, chats, updates, now }: World): Channel {
  const chat = chats.open({ id, type: "channel", title });
  chat.members.set(bot.id, bot);
  return {
    id,
    posts(text, how = {}) {
      const message = chats.post(chat, { ...written(text, how), ...how.extra });
      updates.tell("channel_post", message);
      return message;
    },
    edits(messageId, text) {
      const message = chat.messages.get(messageId);
      if (message === undefined) throw new Error(`No live post ${messageId}`);
      const edited: Message = { ...message, ...written(text, {}), edit_date: Math.floor(now() / 1000) };
      chat.messages.set(messageId, edited);
      updates.tell("edited_channel_post", edited);
    },
  };
}
