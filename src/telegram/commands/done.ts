import { senderName } from "../../domain/user-name.ts";
import type { Asker, FetchAgain } from "../../service/queue/resend.ts";
import type { History } from "../../service/tracking/history.ts";
import { answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import type { Prompts } from "../notify/prompts.ts";
import { doneButton, readButton } from "../views/callback-data.ts";
import { donePage, searchWord } from "../views/done-page.ts";
import type { TellDirect } from "./direct-links.ts";
import { createSendAgain } from "./resend.ts";

interface Place {
  readonly page: number;
  readonly word: string;
  readonly isPicking: boolean;
}

/**
 * `/done`: what was downloaded, in pages; `/done WORD`: only what contains a word. One tap opens the numbers, another one fetches that
 * link again.
 */
export function createDone(deps: {
  history: History;
  fetchAgain: FetchAgain;
  background: Background;
  prompts: Prompts;
  replies: Replies;
  tellDirect: TellDirect;
}): { command: RunCommand; press: ButtonHandler } {
  const { history, fetchAgain, background, replies } = deps;
  const sendAgain = createSendAgain({
    ...deps,
    resend: (context, id) => fetchAgain(context.actor, id, askerOf(context)),
  });

  /** A search takes a moment; if the bot stops meanwhile, nothing is said. */
  function show(context: ChatContext, place: Place, say: (content: Content) => void): void {
    background.run(context, async (stop) => {
      const found = await history(context.actor, { ...place, stop });
      if (found !== undefined) say(donePage({ ...found, ...place, page: found.page }, context));
    });
  }

  return {
    command: ({ context, args }) =>
      show(context, { page: 0, word: searchWord(args), isPicking: false }, (content) =>
        replies.answer(context, content),
      ),
    press(context, press) {
      const carried = readButton(doneButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      const { action, page, id, word } = carried;
      if (!Number.isSafeInteger(page) || !Number.isSafeInteger(id) || action === undefined) {
        return { text: context.texts.pressed.outdated };
      }
      if (action === "again") return sendAgain(context, id).reply;
      const answer = answerRef(context, press.message);
      show(context, { page, word, isPicking: action === "pick" }, (content) => replies.edit(answer, content));
      return { text: "" };
    },
  };
}

/** Its prompt is for whoever wants it now, in the place where they want it. */
function askerOf({ username, userId, chatId, threadId }: ChatContext): Asker {
  return { sender: senderName({ username, id: userId ?? chatId }), senderId: userId ?? null, threadId };
}
