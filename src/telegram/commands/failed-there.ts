import type { Delivery } from "../../domain/delivery.ts";
import { readInParts, slicesOf } from "../../domain/in-parts.ts";
import type { Actor } from "../../domain/role.ts";
import { ifAvailable } from "../../domain/storage.ts";
import type { FailedDownloads } from "../../service/queue/failed-downloads.ts";
import { type ButtonReply, safeTogether } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { SendAgain } from "./resend.ts";
import type { SettleResent } from "./settle-news.ts";
import { createShownLists, type ShownLists } from "./shown-lists.ts";

/**
 * What servers have failed with, as `/queue` offers to send it again, or to remove it. Each function throws, or rejects with,
 * `StoreUnavailable`.
 */
export interface FailedThere extends Pick<FailedDownloads, "meant" | "drop"> {
  /** See `ShownLists`. */
  show(actor: Actor): ReturnType<ShownLists["show"]>;
  idsOf(actor: Actor, list: string): ReturnType<ShownLists["idsOf"]>;
  /** Sends these again, link by link; the messages that told of them no longer do. */
  sendAgain(context: ChatContext, deliveries: readonly Delivery[]): Promise<SentAgain>;
}

interface SentAgain {
  /** How many are on their way, by this press or otherwise. */
  readonly sent: number;
  /** Of the only one, else how many they are. */
  readonly reply: ButtonReply;
}

/** Each is a transaction, and waits for the disk; what others ask for comes in between. */
const AT_ONCE = 5;

export function createFailedThere(deps: {
  failed: FailedDownloads;
  sendAgain: SendAgain;
  settleResent: SettleResent;
}): FailedThere {
  const { failed, settleResent } = deps;
  const lists = createShownLists(failed.idsOf);

  return {
    meant: failed.meant,
    drop: failed.drop,
    show: (actor) => lists.show(actor, "failed"),
    idsOf: (actor, list) => lists.idsOf(actor, "failed", list),
    async sendAgain(context, deliveries) {
      const { texts } = context;
      const each = await readInParts(slicesOf(deliveries, AT_ONCE), (slice) => {
        const some = slice.map((delivery) => ({ delivery, ...deps.sendAgain(context, delivery.id) }));
        const settled = some.filter(({ isSettled }) => isSettled).map(({ delivery }) => delivery);
        // They are on their way anyway, bypassing the queue.
        ifAvailable(() => settleResent(settled));
        return some;
      });
      const all = each.flat();
      const sent = all.filter(({ isSettled }) => isSettled).length;
      const [only, ...others] = all;
      if (only === undefined) return { sent, reply: { text: texts.pressed.notYours, alert: true } };
      if (others.length === 0) return { sent, reply: only.reply };
      const text = sent === 0 ? texts.pressed.outdated : texts.news.allQueued(sent);
      return { sent, reply: { text, ...safeTogether(all.map(({ reply }) => reply)) } };
    },
  };
}
