import type { Resend } from "../../service/queue/resend.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { Prompts } from "../notify/prompts.ts";
import { readButton, resendButton } from "../views/callback-data.ts";
import type { TellDirect } from "./direct-links.ts";

/** The button under a notice that a link was lost: its owner gets it into the queue once more, as it was. */
export function createResendButton(deps: { resend: Resend; prompts: Prompts; tellDirect: TellDirect }): ButtonHandler {
  const { resend, prompts, tellDirect } = deps;

  function carryOut(context: ChatContext, id: number): ButtonReply {
    const { actor, texts } = context;
    const again = resend(actor, id);
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
      case "direct":
        return { text: texts.prompt.sending, isSafe: tellDirect(context, [again.direct]) };
    }
  }

  return (context, press) => {
    const carried = readButton(resendButton, press);
    return carried && carryOut(context, carried.id);
  };
}
