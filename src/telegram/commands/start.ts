import { format, InlineKeyboard, join } from "gramio";
import type { Access } from "../../service/access/access.ts";
import { type CommandCall, commandsFor, type RunCommand } from "../context/command.ts";
import type { HearsAll } from "../context/hears-all.ts";
import type { Replies } from "../context/replies.ts";
import { menuButton } from "../views/callback-data.ts";

/** The main keyboard: what everyone with access may do. */
const MAIN = ["queue", "status", "settings", "help"] as const;

/** `/start`, also the answer to a text that the bot does not understand, and `/help`, which lists what the person may do. */
export function createWelcome(deps: {
  access: Pick<Access, "guestUntil">;
  hearsAll: HearsAll;
  replies: Replies;
  delayMs: number;
}): { start: RunCommand; help: RunCommand } {
  const { replies, delayMs } = deps;

  async function start({ context }: CommandCall): Promise<void> {
    const { texts } = context;
    const keyboard = new InlineKeyboard();
    for (const [index, command] of MAIN.entries()) {
      if (index % 2 === 0) keyboard.row();
      keyboard.text(texts.button[command], menuButton.pack({ command }));
    }
    const hearsAll = context.isPrivate || (await deps.hearsAll(context.chatId));
    const until = deps.access.guestUntil(context);
    const text = [
      texts.welcome({ delay: delayMs === 0 ? undefined : texts.duration(delayMs) }),
      ...(hearsAll ? [] : [texts.hearsLittle]),
      ...(until === null ? [] : [texts.people.guestUntil(context.calendar.format(until, context.language))]),
    ].join("\n\n");
    replies.answer(context, { text, keyboard });
  }

  function help({ context }: CommandCall): void {
    const lines = join(commandsFor(context.actor.role), (name) => `/${name} — ${context.texts.commands[name]}`, "\n");
    replies.answer(context, { text: format`${context.texts.help}\n${lines}` });
  }

  return {
    start,
    help,
  };
}
