import { InlineKeyboard } from "gramio";
import type { DownloaderAdmin } from "../../service/fleet/downloader-admin.ts";
import { type AnswerRef, answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Replies } from "../context/replies.ts";
import { cleanButton, readButton } from "../views/callback-data.ts";

const MOST_LINES = 40;

/** `/clean`: every downloader forgets what is done, after a confirmation; the message then shows the result for each. */
export function createClean(deps: { downloaderAdmin: DownloaderAdmin; background: Background; replies: Replies }): {
  command: RunCommand;
  press: ButtonHandler;
} {
  const { downloaderAdmin, background, replies } = deps;

  async function clean(context: ChatContext, answer: AnswerRef, stop: AbortSignal): Promise<void> {
    const { admin, more } = context.texts;
    const { clean: words } = admin;
    const results = await downloaderAdmin.clean(stop);
    const shown = results.slice(0, MOST_LINES);
    const lines = shown.map(({ name, cleaned }) => (cleaned ? words.cleaned(name) : words.silent(name)));
    if (results.length > MOST_LINES) lines.push(more(results.length - MOST_LINES));
    replies.edit(answer, { text: [words.title, ...lines].join("\n") });
  }

  return {
    command({ context }) {
      const { clean: words, servers: serverWords } = context.texts.admin;
      const { length } = downloaderAdmin.all();
      if (length === 0) return replies.answer(context, { text: serverWords.none });
      const keyboard = new InlineKeyboard()
        .text(words.button.yes, cleanButton.pack({ action: "yes" }))
        .text(words.button.no, cleanButton.pack({ action: "no" }));
      replies.answer(context, { text: words.sure(length), keyboard });
    },
    press(context, press): ButtonReply | undefined {
      const carried = readButton(cleanButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
      const { clean: words } = context.texts.admin;
      const answer = answerRef(context, press.message);
      if (carried.action !== "yes") {
        replies.edit(answer, { text: words.cancelled });
        return { text: "" };
      }
      replies.edit(answer, { text: words.working });
      background.run(context, (stop) => clean(context, answer, stop));
      return { text: words.working };
    },
  };
}
