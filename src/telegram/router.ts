import type { TelegramCallbackQuery, TelegramMessage } from "gramio";
import type { Log } from "../domain/log.ts";
import { DELETABLE_MS } from "../domain/message.ts";
import type { Access } from "../service/access/access.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { Door } from "./access/admission.ts";
import { errorFields } from "./client/api-error.ts";
import type { Api } from "./client/bot-api.ts";
import type { Pressed, PressHandler } from "./commands/prompt.ts";
import type { TakeLinks } from "./commands/take-links.ts";
import { type CommandName, commandsFor, isCommandName, parseCommand, type RunCommand } from "./context/command.ts";
import { type Conversation, createConversations } from "./context/context.ts";
import { failureWords } from "./context/failure-words.ts";
import { isAddressedTo, isSaid } from "./context/mentions.ts";
import type { ChatLife } from "./notify/chat-status.ts";
import type { Messenger } from "./outbox/outbox.ts";
import type { Speaker } from "./outbox/replies.ts";
import { menuButton, pressOn } from "./views/callback-data.ts";

/** The kinds of update that the bot asks for (Bot API: `allowed_updates`). */
export const UPDATE_KINDS = ["message", "edited_message", "callback_query", "my_chat_member"] as const;

/** Puts the handlers on the bot: who may, which handler it is for, and what happens when one fails. */
export function installFront(deps: {
  api: Api;
  access: Access;
  preferences: Preferences;
  messenger: Messenger;
  speaker: Speaker;
  commands: Readonly<Record<CommandName, RunCommand>>;
  presses: readonly PressHandler[];
  takeLinks: TakeLinks;
  door: Door;
  chatLife: ChatLife;
  now: () => number;
  log: Log;
}): void {
  const { api, messenger, speaker, commands, presses, chatLife, now, log } = deps;
  const conversation = createConversations(deps);

  async function onMessage(message: TelegramMessage): Promise<void> {
    const who = conversation(message, message.from);
    const text = message.text ?? "";
    const command = parseCommand(text, api.bot.info?.username);
    if (!deps.door.lets(who, { message, command })) return;
    chatLife.heardFrom(who.chatId);
    try {
      if (command !== undefined && (await runCommand(who, command, message))) return;
      // What follows a command that the role does not allow is no link to download.
      if (!isOurs(command) && (await deps.takeLinks(who, message))) return;
      // In a group people also talk to each other, and what they say is theirs.
      if (who.isPrivate ? isSaid(message) : isAddressedTo(api.bot.info, message)) {
        await runCommand(who, { name: "start", args: "" }, who.isPrivate ? message : null);
      }
    } catch (error) {
      speaker.answer(who, { text: failureWords(error, who, log) });
    }
  }

  const isOurs = (command: ReturnType<typeof parseCommand>) => command !== undefined && isCommandName(command.name);

  /** What is new in it counts; a command that somebody corrects does not. */
  async function onEdited(message: TelegramMessage): Promise<void> {
    const who = conversation(message, message.from);
    if (who.actor.role === "nobody") return;
    // Nobody can edit an older one: it changes for other reasons, and which of its links were taken is soon forgotten.
    if (now() - message.date * 1000 > DELETABLE_MS) return;
    try {
      await deps.takeLinks(who, message, { isEdit: true });
    } catch (error) {
      speaker.answer(who, { text: failureWords(error, who, log) });
    }
  }

  function onMove({ chat, migrate_to_chat_id: to, migrate_from_chat_id: from }: TelegramMessage): void {
    if (to !== undefined) chatLife.moved(chat.id, to);
    if (from !== undefined) chatLife.moved(from, chat.id);
  }

  async function runCommand(
    who: Conversation,
    { name, args }: { name: string; args: string },
    message: TelegramMessage | null,
  ): Promise<boolean> {
    if (!isCommandName(name) || !commandsFor(who.actor.role).includes(name)) return false;
    const messageId = message?.message_id ?? null;
    await commands[name]({ who, messageId, args, repliedTo: message?.reply_to_message });
    if (messageId !== null) speaker.forgetCommand(who.chatId, messageId);
    return true;
  }

  async function onPress(press: TelegramCallbackQuery): Promise<void> {
    const message = press.message;
    if (message === undefined) return;
    const who = conversation(message, press.from);
    const pressed = await pressedBy(who, press).catch((error) => ({
      text: failureWords(error, who, log),
      alert: true,
    }));
    await messenger.answerCallbackQuery({
      callback_query_id: press.id,
      ...(pressed.text !== "" && { text: pressed.text }),
      ...(pressed.alert === true && { show_alert: true }),
    });
  }

  async function pressedBy(who: Conversation, press: TelegramCallbackQuery): Promise<Pressed> {
    if (who.actor.role === "nobody") return { text: who.texts.pressed.noAccess, alert: true };
    const menu = pressOn(menuButton, press);
    if (menu !== undefined) {
      await runCommand(who, { name: menu.command, args: "" }, null);
      return { text: "" };
    }
    for (const handler of presses) {
      const pressed = await handler(who, press);
      if (pressed !== undefined) return pressed;
    }
    return { text: who.texts.pressed.outdated };
  }

  api.bot
    .on("message", (context) => onMessage(context.payload))
    .on("edited_message", (context) => onEdited(context.payload))
    .on(["migrate_to_chat_id", "migrate_from_chat_id"], (context) => onMove(context.payload))
    .on("my_chat_member", (context) => chatLife.membership(context.payload))
    .on("callback_query", (context) => onPress(context.payload))
    .onError(({ error }) => log.error("Cannot handle an update", errorFields(error)));
}
