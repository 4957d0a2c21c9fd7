import { format, InlineKeyboard, join } from "gramio";
import { commandsFor, type RunCommand, type Turn } from "../context/command.ts";
import type { Speaker } from "../outbox/replies.ts";
import { menuButton } from "../views/callback-data.ts";

/** The main keyboard: what everyone who is let in may do. */
const MAIN = ["queue", "status", "settings", "help"] as const;

/** `/start`, also said to a text that the bot does not understand, and `/help`, which lists what the person may do. */
export function createWelcome(deps: { speaker: Speaker; delayMs: number }): {
  start: RunCommand;
  help: RunCommand;
} {
  const { speaker, delayMs } = deps;

  function start({ who }: Turn): void {
    const { texts } = who;
    const keyboard = new InlineKeyboard();
    for (const [index, command] of MAIN.entries()) {
      if (index % 2 === 0) keyboard.row();
      keyboard.text(texts.button[command], menuButton.pack({ command }));
    }
    speaker.answer(who, {
      text: texts.welcome({ delay: delayMs === 0 ? undefined : texts.duration(delayMs) }),
      keyboard,
    });
  }

  function help({ who }: Turn): void {
    const lines = join(commandsFor(who.actor.role), (name) => `/${name} — ${who.texts.commands[name]}`, "\n");
    speaker.answer(who, { text: format`${who.texts.help}\n${lines}` });
  }

  return {
    start,
    help,
  };
}
