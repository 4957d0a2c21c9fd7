import type { CallbackAnswer, Callbacks } from "./callbacks.ts";
import { type Chat, type Chats, DEACTIVATED, NEVER_STARTED } from "./chats.ts";
import { ephemeralOf } from "./ephemeral.ts";
import { ANONYMOUS, type Group } from "./groups.ts";
import type { Account, Message } from "./message.ts";
import { callbackQuery, dataOf } from "./pressing.ts";
import type { Privacy } from "./privacy.ts";
import type { Profile } from "./profile-methods.ts";
import { forbidden } from "./refusal.ts";
import type { Updates } from "./updates.ts";
import { type Writing, written } from "./writing.ts";

/** How a button is pressed. */
export interface Pressing {
  readonly in?: Pick<Group, "id">;
  /** `button` is callback data that no button carries: what only a modified client can send. */
  readonly forged?: boolean;
  /** The message is already deleted and still on the person's screen. */
  readonly deleted?: boolean;
}

/** A person with a Telegram client. */
export interface Person {
  readonly id: number;
  sends(text: string, how?: Writing): Message;
  /** Bot API: an `edited_message` update. Throws if it is not a live message of this person. */
  edits(messageId: number, text: string, where?: { in?: Group }): Message;
  /** Telegram tells bots nothing about it. */
  deletes(messageId: number, where?: { in?: Group }): void;
  /**
   * Presses the button with that text (whole, or a part that only one has) or callback data, as soon as the message has it; resolves with
   * the bot's answer, which nobody has to await. Throws when there is no such message.
   */
  presses(messageId: number, button: string, how?: Pressing): Promise<CallbackAnswer>;
  /** Bot API 9.3: opens a topic in the private chat, for a bot that has them; its `message_thread_id`. */
  topic(name: string): number;
  /** Opens the private chat without an update, as if it had been done long ago. */
  started(): void;
  blocks(): void;
  unblocks(): void;
  /** Deletes the Telegram account. */
  vanishes(): void;
}

interface World {
  readonly bot: Account;
  readonly chats: Chats;
  readonly callbacks: Callbacks;
  readonly updates: Updates;
  readonly privacy: Privacy;
  readonly now: () => number;
  /** The menu of a scope. */
  readonly commands: Profile["commands"];
  /** Resolves once the button is there. */
  readonly button: (chat: number, isThere: () => boolean, what: string) => Promise<true>;
  /** Resolves with the answer to a callback query. */
  readonly answer: (id: string, pressed: string) => Promise<CallbackAnswer>;
}

/** A person, whose private chat with the bot is not started unless there is one with this id. */
export function createPerson(account: Account, world: World): Person {
  const { bot, chats, callbacks, updates } = world;
  const { is_bot: _, language_code: __, ...profile } = account;
  const dialog = chats.get(account.id) ?? chats.open({ ...profile, type: "private" });
  dialog.members.set(account.id, account);
  const chatOf = (group: Pick<Group, "id"> | undefined): Chat => {
    const chat = group === undefined ? dialog : chats.get(group.id);
    if (chat === undefined) throw new Error(`No such chat: ${group?.id}`);
    chat.members.set(account.id, account);
    return chat;
  };
  const mine = (chat: Chat, messageId: number): Message => {
    const message = chat.messages.get(messageId);
    if (message?.from?.id !== account.id) throw new Error(`${messageId} is no live message of ${account.first_name}`);
    return message;
  };
  const visible = (chat: Chat, id: number): Message | undefined =>
    chat.messages.get(id) ?? ephemeralOf(chat, account.id).find((message) => message.ephemeral_message_id === id);
  const assertEphemeral = (chat: Chat, text: string, replied: Message | undefined) => {
    const menu = world.commands(`chat:${chat.record.id}`);
    const isOffered = menu.some(({ command, is_ephemeral }) => is_ephemeral && text.split(/[ @]/)[0] === `/${command}`);
    if (!isOffered && replied?.receiver_user === undefined)
      throw new Error(`No client sends "${text}" to the bot alone`);
  };
  const membership = (from: string, to: string) =>
    updates.tell("my_chat_member", {
      chat: dialog.record,
      from: account,
      date: Math.floor(world.now() / 1000),
      old_chat_member: { user: bot, status: from },
      new_chat_member: { user: bot, status: to },
    });
  return {
    id: account.id,
    sends(text, how = {}) {
      const chat = chatOf(how.in);
      // Bot API: in a topic every message "answers" the one that opened it, unless it answers another.
      const answered = how.replyTo ?? how.threadId;
      const replied = answered === undefined ? undefined : visible(chat, answered);
      if (how.ephemeral) assertEphemeral(chat, text, replied);
      const message = (how.ephemeral ? chats.postEphemeral : chats.post)(chat, {
        from: how.anonymous ? ANONYMOUS : account,
        ...(how.anonymous && { sender_chat: chat.record }),
        ...(how.threadId !== undefined && { message_thread_id: how.threadId }),
        ...(how.threadId !== undefined && chat.topics.has(how.threadId) && { is_topic_message: true }),
        ...(how.forwardFrom !== undefined && {
          forward_origin: { type: "hidden_user", date: 1, sender_user_name: how.forwardFrom },
        }),
        ...(replied && { reply_to_message: { ...replied, reply_to_message: undefined } }),
        ...written(text, how),
        ...how.extra,
      });
      if (dialog === chat && chat.closedBecause === NEVER_STARTED) chat.closedBecause = undefined;
      if (world.privacy.lets(chat, message)) updates.tell("message", message);
      return message;
    },
    edits(messageId, text, where = {}) {
      const chat = chatOf(where.in);
      const message = mine(chat, messageId);
      const edited: Message = {
        ...message,
        ...written(text, { caption: message.caption !== undefined }),
        edit_date: Math.floor(world.now() / 1000),
      };
      chat.messages.set(messageId, edited);
      updates.tell("edited_message", edited);
      return edited;
    },
    deletes(messageId, where = {}) {
      const chat = chatOf(where.in);
      chats.remove(chat, mine(chat, messageId).message_id, false);
    },
    presses(messageId, button, how = {}) {
      const chat = chatOf(how.in);
      const gone = chats.deleted.find((it) => it.chatId === chat.record.id && it.messageId === messageId)?.message;
      const look = () => (how.deleted ? gone : visible(chat, messageId));
      if (look() === undefined) throw new Error(`No ${how.deleted ? "deleted" : "live"} message ${messageId}`);
      const dataNow = () => (how.forged ? button : dataOf(look(), button));
      const press = () => {
        const [message, data] = [look(), dataNow()];
        if (message === undefined || data === undefined) throw new Error(`The button "${button}" has gone`);
        const id = callbacks.expect({ by: account.id });
        updates.tell(
          "callback_query",
          callbackQuery({ id, from: account, message, deleted: how.deleted === true, data }),
        );
        return world.answer(id, button);
      };
      if (dataNow() !== undefined) return press();
      const what = `message ${messageId} to have exactly one button "${button}"`;
      const pressed = world.button(chat.record.id, () => dataNow() !== undefined, what).then(press);
      pressed.catch(() => undefined);
      return pressed;
    },
    topic(name) {
      const created = chats.post(dialog, { from: account, forum_topic_created: { name, icon_color: 7_322_096 } });
      dialog.topics.set(created.message_id, name);
      return created.message_id;
    },
    started() {
      if (dialog.closedBecause === NEVER_STARTED) dialog.closedBecause = undefined;
    },
    blocks() {
      dialog.closedBecause = forbidden("bot was blocked by the user");
      membership("member", "kicked");
    },
    unblocks() {
      dialog.closedBecause = undefined;
      membership("kicked", "member");
    },
    vanishes() {
      dialog.closedBecause = DEACTIVATED;
    },
  };
}
