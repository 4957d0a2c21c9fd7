import type { Resend } from "../../service/queue/resend.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Prompts } from "../notify/prompts.ts";
import { readButton, resendButton } from "../views/callback-data.ts";

/** The button under a notice that a link was lost, or may have been: its owner gets it into the queue once more, as it was. */
export function createResendButton({ resend, prompts }: { resend: Resend; prompts: Prompts }): ButtonHandler {
  async function carryOut({ actor, texts }: ChatContext, id: number): Promise<ButtonReply> {
    const again = await resend(actor, id);
    switch (again.kind) {
      case "not_yours":
        return { text: texts.pressed.notYours, alert: true };
      case "not_lost":
        return { text: texts.pressed.outdated };
      case "queued":
        prompts.show(again.link);
        return { text: texts.notices.queuedAgain };
      case "duplicate":
        return { text: texts.notices.queuedAlready };
      case "in_delivery":
        return { text: texts.pressed.sent(again.delivery.downloader) };
      case "sent":
        return { text: texts.pressed.sent(again.downloader) };
      case "lost":
        return { text: texts.storeTrouble, alert: true };
    }
  }

  return async (context, press) => {
    const carried = readButton(resendButton, press);
    return carried && carryOut(context, carried.id);
  };
}
