import { InlineKeyboard } from "gramio";
import type { Servers } from "../../service/fleet/downloader-admin.ts";
import type { Background } from "../context/background.ts";
import type { RunCommand } from "../context/command.ts";
import type { Conversation } from "../context/context.ts";
import type { Speaker } from "../outbox/replies.ts";
import { cleanButton, pressOn } from "../views/callback-data.ts";
import type { Pressed, PressHandler } from "./prompt.ts";

const MOST_LINES = 40;

/** `/clean`: every downloader forgets what is done, after a confirmation; the message then says how it went with each. */
export function createClean(deps: { servers: Servers; background: Background; speaker: Speaker }): {
  command: RunCommand;
  press: PressHandler;
} {
  const { servers, background, speaker } = deps;

  async function clean(who: Conversation, messageId: number, stop: AbortSignal): Promise<void> {
    const { clean: words, where } = who.texts.admin;
    const results = await servers.clean(stop);
    const shown = results.slice(0, MOST_LINES);
    const lines = shown.map(({ name, cleaned }) => (cleaned ? words.cleaned(name) : words.silent(name)));
    if (results.length > MOST_LINES) lines.push(where.more(results.length - MOST_LINES));
    speaker.edit(who.chatId, messageId, { text: [words.title, ...lines].join("\n") });
  }

  return {
    command({ who }) {
      const { clean: words, servers: serverWords } = who.texts.admin;
      const { length } = servers.all();
      if (length === 0) return speaker.answer(who, { text: serverWords.none });
      const keyboard = new InlineKeyboard()
        .text(words.button.yes, cleanButton.pack({ action: "yes" }))
        .text(words.button.no, cleanButton.pack({ action: "no" }));
      speaker.answer(who, { text: words.sure(length), keyboard });
    },
    press(who, press): Pressed | undefined {
      const carried = pressOn(cleanButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (who.actor.role !== "admin") return { text: who.texts.pressed.noAccess, alert: true };
      const { clean: words } = who.texts.admin;
      const { message_id: messageId } = press.message;
      if (carried.action !== "yes") {
        speaker.edit(who.chatId, messageId, { text: words.cancelled });
        return { text: "" };
      }
      speaker.edit(who.chatId, messageId, { text: words.working });
      background.run(who, (stop) => clean(who, messageId, stop));
      return { text: words.working };
    },
  };
}
