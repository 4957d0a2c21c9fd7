import { mayManage } from "../../domain/role.ts";
import type { Store } from "../../domain/storage.ts";
import type { Enqueue } from "../../service/queue/enqueue.ts";
import { againButton, pressOn } from "../callback.ts";
import type { Cards } from "../cards.ts";
import type { Conversation } from "../conversation.ts";
import type { Pressed, PressHandler } from "./press.ts";

/** The button under a notice that a link was lost: its owner gets it into the queue once more, as it was. */
export function createAgain(deps: { store: Store; enqueue: Enqueue; cards: Cards }): PressHandler {
  const { store, enqueue, cards } = deps;

  async function sendAgain({ actor, texts }: Conversation, id: number): Promise<Pressed> {
    const delivery = store.deliveries.byId(id);
    if (delivery === undefined || !mayManage(actor, delivery)) return { text: texts.pressed.notYours, alert: true };
    if (delivery.state !== "lost") return { text: texts.pressed.outdated };
    const { chatId, threadId, sender, quality, folder, url, key } = delivery;
    // The message that it came in is gone, or about to go.
    const [again] = await enqueue({
      chatId,
      threadId,
      messageId: null,
      sender,
      quality,
      folder,
      links: [{ url, key }],
    });
    switch (again?.kind) {
      case "queued":
        cards.show(again.link);
        return { text: texts.notices.queuedAgain };
      case "duplicate":
        return { text: texts.notices.queuedAlready };
      case "in_delivery":
        return { text: texts.pressed.sent(again.delivery.downloader) };
      case "sent":
        return { text: texts.pressed.sent(again.downloader) };
      default:
        return { text: texts.storeTrouble, alert: true };
    }
  }

  return async (who, press) => {
    const carried = pressOn(againButton, press);
    return carried && sendAgain(who, carried.id);
  };
}
