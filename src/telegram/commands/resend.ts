import type { Resent } from "../../service/queue/resend.ts";
import type { Cancellation } from "../../service/tracking/cancellation.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import { type MayPress, refusal } from "../context/may-press.ts";
import type { Prompts } from "../notify/prompts.ts";
import { readButton, resendButton } from "../views/callback-data.ts";
import type { TellDirect } from "./direct-links.ts";

/** What became of sending a link again; `isSettled`: it is on its way, by this press or otherwise. */
export type SendAgain = (
  context: ChatContext,
  deliveryId: number,
) => { readonly reply: ButtonReply; readonly isSettled: boolean };

/** Puts a link that was handed over into the queue again, as it was, and shows it there. */
export function createSendAgain(deps: {
  resend: (context: ChatContext, deliveryId: number) => Resent;
  prompts: Prompts;
  tellDirect: TellDirect;
}): SendAgain {
  const { resend, prompts, tellDirect } = deps;

  return (context, id) => {
    const { texts } = context;
    const again = resend(context, id);
    const settled = (text: string) => ({ reply: { text }, isSettled: true });
    switch (again.kind) {
      case "not_yours":
        return { reply: { text: texts.pressed.notYours, alert: true }, isSettled: false };
      case "outdated":
        return { reply: { text: texts.pressed.outdated }, isSettled: false };
      case "too_many":
        return { reply: { text: texts.done.full(again.excess.most), alert: true }, isSettled: false };
      case "queued":
        prompts.show(again.link);
        return settled(texts.news.queuedAgain);
      case "duplicate":
        return settled(texts.news.queuedAlready);
      case "in_delivery":
        return settled(texts.pressed.sent(again.delivery.downloader));
      case "direct":
        return {
          reply: { text: texts.prompt.sending, isSafe: tellDirect(context, [again.direct]) },
          isSettled: true,
        };
    }
  };
}

/** The button under notices that an older version has sent. */
export function createResendButton(deps: {
  sendAgain: SendAgain;
  look: Cancellation["look"];
  mayPress: MayPress;
}): ButtonHandler {
  return async (context, press) => {
    const carried = readButton(resendButton, press);
    if (carried === undefined) return undefined;
    const delivery = deps.look(context.actor, carried.id);
    const refused = delivery && (await refusal(deps.mayPress, context, [delivery]));
    if (refused !== undefined) return refused;
    return deps.sendAgain(context, carried.id).reply;
  };
}
