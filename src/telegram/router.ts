import type { TelegramCallbackQuery, TelegramMessage } from "gramio";
import type { Calendar } from "../domain/calendar.ts";
import type { Log } from "../domain/log.ts";
import { DELETABLE_MS } from "../domain/message.ts";
import type { Access } from "../service/access/access.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { Admission, IncomingMessage } from "./access/admission.ts";
import type { ChatMembership } from "./access/chat-membership.ts";
import type { GroupAdmins } from "./access/group-admins.ts";
import type { MutedGroups } from "./access/muted-groups.ts";
import { errorFields } from "./api/api-error.ts";
import type { Api } from "./api/bot-api.ts";
import type { Client } from "./client/client.ts";
import type { TakeLinks } from "./commands/take-links.ts";
import type { TakeTypedTime } from "./commands/typed-time.ts";
import { isAddressedTo, isSaid } from "./context/addressing.ts";
import { messageIdOf } from "./context/answer-ref.ts";
import type { ButtonHandler, ButtonReply } from "./context/button-press.ts";
import { type ChatContext, createChatContexts } from "./context/chat-context.ts";
import {
  type CommandName,
  commandsFor,
  isCommandName,
  isForAnotherBot,
  parseCommand,
  type RunCommand,
} from "./context/command.ts";
import { failureWords } from "./context/failure-words.ts";
import type { Questions } from "./context/questions.ts";
import type { Replies } from "./context/replies.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { menuButton, readButton } from "./views/callback-data.ts";

/** The kinds of update that the bot asks for (Bot API: `allowed_updates`). */
export const UPDATE_KINDS = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "my_chat_member",
  "chat_member",
] as const;

/** Each update has one; GramIO's types do not say so. */
type UpdateId = number | undefined;

interface Arriving {
  readonly message: TelegramMessage;
  readonly updateId: UpdateId;
  readonly isEdit: boolean;
}

/** Puts the handlers on the bot: who may use it, which handler an update is for, and what happens if one fails. */
export function installRouter(deps: {
  api: Api;
  access: Access;
  preferences: Preferences;
  calendarOf: (chatId: number) => Calendar;
  outbox: Outbox;
  replies: Replies;
  commands: Readonly<Record<CommandName, RunCommand>>;
  presses: readonly ButtonHandler[];
  takeLinks: TakeLinks;
  takeTypedTime: TakeTypedTime;
  admission: Admission;
  questions: Pick<Questions, "answered">;
  /** See `Poll`. */
  confirmAfter: Client["confirmAfter"];
  chatMembership: ChatMembership;
  groupAdmins: Pick<GroupAdmins, "memberChanged">;
  mutedGroups: Pick<MutedGroups, "asked">;
  now: () => number;
  log: Log;
}): void {
  const { api, outbox, replies, commands, presses, chatMembership, now, log } = deps;
  const contextOf = createChatContexts(deps);

  function confirmAfter(updateId: UpdateId, isSafe: Promise<boolean> | undefined): void {
    if (updateId !== undefined && isSafe !== undefined) deps.confirmAfter(updateId, isSafe);
  }

  /** False if the message has no links. Otherwise it comes again until they are stored or noted, or its sender knows. */
  async function takesLinks(context: ChatContext, { message, updateId, isEdit }: Arriving): Promise<boolean> {
    try {
      const taking = deps.takeLinks(context, message, { isEdit });
      if (taking === undefined) return false;
      const { isSafe, isRefused } = await taking;
      if (!isRefused) deps.mutedGroups.asked(context, message);
      confirmAfter(updateId, isSafe);
      return true;
    } catch (error) {
      confirmAfter(updateId, replies.tell(context, { text: failureWords(error, context, log) }));
      return true;
    }
  }

  async function onMessage(message: TelegramMessage, updateId: UpdateId): Promise<void> {
    const context = contextOf(message, message.from);
    outbox.tail.saw(message);
    const command = parseCommand(message.text ?? "", api.bot.info?.username);
    if (!deps.admission.admits(context, { message, command })) {
      // Otherwise whoever started the bot only after it had tried to tell them something would never hear that they were let in.
      if (context.isPrivate) chatMembership.heardFrom(context.chatId, { isAsked: false });
      return;
    }
    chatMembership.finishMove(context.chatId);
    const isAsked = await isAnswered(context, { message, command, updateId });
    chatMembership.heardFrom(context.chatId, { isAsked });
  }

  /** False if the message is none of the bot's business. */
  async function isAnswered(
    context: ChatContext,
    { message, command, updateId }: IncomingMessage & Pick<Arriving, "updateId">,
  ): Promise<boolean> {
    const isForOther = isForAnotherBot(message, api.bot.info?.username);
    if (isForOther && !context.isPrivate) return false;
    try {
      const asked = deps.questions.answered(context, message) ?? command;
      if (asked !== undefined && (await runCommand(context, asked, message))) return true;
      if (await deps.takeTypedTime(context, message)) return true;
      // Links after a command that the role does not allow are not to be downloaded.
      const isNoLink = isOurs(message) || isForOther;
      if (!isNoLink && (await takesLinks(context, { message, updateId, isEdit: false }))) return true;
      // In a group people also talk to each other, and that is none of the bot's business.
      const isMeant = context.isPrivate ? isSaid(message) : isAddressedTo(api.bot.info, message);
      if (isMeant) await runCommand(context, { name: "start", args: "" }, context.isPrivate ? message : null);
      return isMeant;
    } catch (error) {
      replies.answer(context, { text: failureWords(error, context, log) });
      return true;
    }
  }

  /** Whether a text or caption begins with a command of this bot. */
  function isOurs({ text, caption }: TelegramMessage): boolean {
    const command = parseCommand(text ?? caption ?? "", api.bot.info?.username);
    return command !== undefined && isCommandName(command.name);
  }

  /** Only what is new in it counts; correcting a command has no effect. */
  async function onEdited(message: TelegramMessage, updateId: UpdateId): Promise<void> {
    const context = contextOf(message, message.from);
    if (!deps.admission.admitsEdit(context, message)) return;
    if (isOurs(message) || isForAnotherBot(message, api.bot.info?.username)) return;
    // Nobody can edit an older one: it changes for other reasons, and which of its links were taken is soon forgotten.
    if (now() - message.date * 1000 > DELETABLE_MS) return;
    await takesLinks(context, { message, updateId, isEdit: true });
  }

  function onMove({ chat, migrate_to_chat_id: to, migrate_from_chat_id: from }: TelegramMessage): void {
    if (to !== undefined) chatMembership.moved(chat.id, to);
    if (from !== undefined) chatMembership.moved(from, chat.id);
  }

  async function runCommand(
    context: ChatContext,
    { name, args }: { name: string; args: string },
    message: TelegramMessage | null,
  ): Promise<boolean> {
    if (!isCommandName(name) || !commandsFor(context.actor.role).includes(name)) return false;
    if (message !== null) deps.mutedGroups.asked(context, message);
    const messageId = message && messageIdOf(message);
    await commands[name]({ context, messageId, args, repliedTo: message?.reply_to_message });
    if (messageId !== null) replies.scheduleDeletion(context.chatId, messageId);
    return true;
  }

  async function onPress(press: TelegramCallbackQuery, updateId: UpdateId): Promise<void> {
    const message = press.message;
    if (message === undefined) return;
    // The bot's own message in a channel is written by the channel; a press comes from a person.
    const context = contextOf({ ...message, sender_chat: undefined }, press.from, press.id);
    const pressed: ButtonReply = await pressedBy(context, press).catch((error) => ({
      text: failureWords(error, context, log),
      alert: true,
    }));
    confirmAfter(updateId, pressed.isSafe);
    await outbox.answerCallbackQuery({
      callback_query_id: press.id,
      ...(pressed.text !== "" && { text: pressed.text }),
      ...(pressed.alert === true && { show_alert: true }),
    });
  }

  async function pressedBy(context: ChatContext, press: TelegramCallbackQuery): Promise<ButtonReply> {
    if (context.actor.role === "nobody") return { text: context.texts.pressed.noAccess, alert: true };
    chatMembership.finishMove(context.chatId);
    chatMembership.heardFrom(context.chatId, { isAsked: true });
    const menu = readButton(menuButton, press);
    if (menu !== undefined) {
      await runCommand(context, { name: menu.command, args: "" }, null);
      return { text: "" };
    }
    for (const handler of presses) {
      const pressed = await handler(context, press);
      if (pressed !== undefined) return pressed;
    }
    return { text: context.texts.pressed.outdated };
  }

  api.bot
    .on(["message", "channel_post"], (context) => onMessage(context.payload, context.updateId))
    .on(["edited_message", "edited_channel_post"], (context) => onEdited(context.payload, context.updateId))
    .on(["migrate_to_chat_id", "migrate_from_chat_id"], (context) => onMove(context.payload))
    .on("my_chat_member", ({ payload }) => {
      deps.groupAdmins.memberChanged(payload);
      chatMembership.membership(payload);
    })
    .on("chat_member", (context) => deps.groupAdmins.memberChanged(context.payload))
    .on("callback_query", (context) => onPress(context.payload, context.updateId))
    .onError(({ error }) => log.error("Cannot handle an update", errorFields(error)));
}
