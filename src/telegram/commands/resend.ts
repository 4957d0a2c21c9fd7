import type { SendAgain } from "../../service/queue/resend.ts";
import type { Conversation } from "../context/context.ts";
import type { Cards } from "../notify/prompts.ts";
import { againButton, pressOn } from "../views/callback-data.ts";
import type { Pressed, PressHandler } from "./prompt.ts";

/** The button under a notice that a link was lost: its owner gets it into the queue once more, as it was. */
export function createAgain({ sendAgain, cards }: { sendAgain: SendAgain; cards: Cards }): PressHandler {
  async function carryOut({ actor, texts }: Conversation, id: number): Promise<Pressed> {
    const again = await sendAgain(actor, id);
    switch (again.kind) {
      case "not_yours":
        return { text: texts.pressed.notYours, alert: true };
      case "not_lost":
        return { text: texts.pressed.outdated };
      case "queued":
        cards.show(again.link);
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

  return async (who, press) => {
    const carried = pressOn(againButton, press);
    return carried && carryOut(who, carried.id);
  };
}
