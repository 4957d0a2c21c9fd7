import type { TelegramCallbackQuery, TelegramMessage } from "gramio";
import type { Log } from "../domain/log.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import type { Access } from "../service/access.ts";
import type { Preferences } from "../service/preferences.ts";
import type { Api } from "./api.ts";
import { describeApiError } from "./api-error.ts";
import { menuButton } from "./callback.ts";
import { type Command, parseCommand } from "./command.ts";
import { type Conversation, createConversations } from "./conversation.ts";
import type { TakeLinks } from "./handlers/links.ts";
import type { Pressed, PressHandler } from "./handlers/press.ts";
import type { Messenger } from "./messenger.ts";
import type { Speaker } from "./speaker.ts";

/** The kinds of update that the bot asks for (Bot API: `allowed_updates`). */
export const UPDATE_KINDS = ["message", "callback_query"] as const;

const STRANGERS_REMEMBERED = 1_000;
const STRANGER_AGAIN_MS = 3_600_000;

/** Puts the handlers on the bot: who may, which handler it is for, and what happens when one fails. */
export function installFront(deps: {
  api: Api;
  access: Access;
  preferences: Preferences;
  messenger: Messenger;
  speaker: Speaker;
  commands: readonly Command[];
  presses: readonly PressHandler[];
  takeLinks: TakeLinks;
  now: () => number;
  log: Log;
}): void {
  const { api, messenger, speaker, commands, presses, now, log } = deps;
  const conversation = createConversations(deps);
  /** When a stranger was last told so, so that nobody can make the bot chatter. */
  const told = new Map<number, number>();

  async function onMessage(message: TelegramMessage): Promise<void> {
    const who = conversation(message, message.from);
    const text = message.text ?? "";
    const command = parseCommand(text, api.bot.info?.username);
    if (who.actor.role === "nobody") {
      if (who.isPrivate || command !== undefined) turnAway(who);
      return;
    }
    try {
      if (command !== undefined && (await runCommand(who, command, message.message_id))) return;
      if (await deps.takeLinks(who, message)) return;
      // In a group people also talk to each other.
      if (who.isPrivate) await runCommand(who, { name: "start", args: "" }, message.message_id);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.error("Cannot do what a chat asked for", { code: error.code });
      speaker.answer(who, { text: who.texts.storeTrouble });
    }
  }

  async function runCommand(
    who: Conversation,
    { name, args }: { name: string; args: string },
    messageId: number | null,
  ): Promise<boolean> {
    const command = commands.find((known) => known.name === name && known.roles.includes(who.actor.role));
    if (command === undefined) return false;
    await command.run({ who, messageId, args });
    if (messageId !== null) speaker.forgetCommand(who.chatId, messageId);
    return true;
  }

  function turnAway(who: Conversation): void {
    const id = who.isPrivate && who.userId !== undefined ? who.userId : who.chatId;
    if (now() - (told.get(id) ?? Number.NEGATIVE_INFINITY) < STRANGER_AGAIN_MS) return;
    told.delete(id);
    told.set(id, now());
    for (const oldest of told.keys()) {
      if (told.size <= STRANGERS_REMEMBERED) break;
      told.delete(oldest);
    }
    log.info("Turned a stranger away", { id });
    speaker.answer(who, { text: who.texts.noAccess(id) });
  }

  async function onPress(press: TelegramCallbackQuery): Promise<void> {
    const message = press.message;
    if (message === undefined) return;
    const who = conversation(message, press.from);
    const pressed = await pressedBy(who, press).catch((error) => {
      log.error(`Cannot handle a press: ${describeApiError(error)}`);
      return { text: who.texts.storeTrouble, alert: true };
    });
    await messenger.answerCallbackQuery({
      callback_query_id: press.id,
      ...(pressed.text !== "" && { text: pressed.text }),
      ...(pressed.alert === true && { show_alert: true }),
    });
  }

  async function pressedBy(who: Conversation, press: TelegramCallbackQuery): Promise<Pressed> {
    if (who.actor.role === "nobody") return { text: who.texts.pressed.noAccess, alert: true };
    const menu = menuButton.safeUnpack(press.data ?? "");
    if (menuButton.filter(press.data ?? "") && menu.success) {
      await runCommand(who, { name: menu.data.command, args: "" }, null);
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
    .on("callback_query", (context) => onPress(context.payload))
    .onError(({ error }) =>
      log.error(`Cannot handle an update: ${describeApiError(error)}`, { stack: stackOf(error) }),
    );
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack?.split("\n").slice(1, 6).join("\n") : undefined;
}
