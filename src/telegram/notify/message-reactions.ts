import type { Delivery } from "../../domain/delivery.ts";
import type { Link } from "../../domain/link.ts";
import type { Queue } from "../../service/queue/queue.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** Shows on a person's own message how its links fare, where the chat prefers that to messages. */
export interface MessageReactions {
  /**
   * Brings the reaction in line with the links of the message. Resolves with false where it cannot be shown: the chat allows
   * no such reaction, the message is gone, or Telegram has not taken it before it was given up. Never rejects.
   */
  refresh(chatId: number, messageId: number): Promise<boolean>;
  /** The same where the message is known to show that something of it is under way. Goes on behind it. */
  follow(chatId: number, messageId: number): void;
}

/** Bot API: the fixed list of reactions has no check mark and no warning sign. */
type Emoji = "👀" | "👌" | "💔" | "🤷";

export function createMessageReactions(deps: { outbox: Outbox; queue: Pick<Queue, "ofMessage"> }): MessageReactions {
  const { outbox, queue } = deps;
  /** What a message shows while something of it is under way, so that nothing is set twice. */
  const shown = new Map<string, Emoji>();
  /** The newest refresh of each message, while it is under way. */
  const newest = new Map<string, Promise<boolean>>();

  async function show(message: string, { chatId, messageId }: { chatId: number; messageId: number }): Promise<boolean> {
    const sent = await outbox.send(chatId, { priority: "notice", key: `react ${messageId}` }, async (api) => {
      const { waiting, deliveries } = queue.ofMessage({ chatId, messageId });
      const emoji = reactionTo(deliveries, waiting);
      const isSet = emoji === undefined || shown.get(message) === emoji;
      const isUnderWay = waiting.length > 0 || deliveries.some(({ state }) => state === "open");
      // How it ends may show already: that there was trouble with it.
      if (!isUnderWay) shown.delete(message);
      if (isSet) return;
      await api.setMessageReaction({ chat_id: chatId, message_id: messageId, reaction: [{ type: "emoji", emoji }] });
      if (isUnderWay) shown.set(message, emoji);
    });
    if (sent.ok) return true;
    if (sent.kind === "gone") shown.delete(message);
    // What this one would have shown, the one that took its place shows, or not.
    return sent.kind === "superseded" ? ((await newest.get(message)) ?? true) : false;
  }

  async function refresh(chatId: number, messageId: number): Promise<boolean> {
    const message = `${chatId} ${messageId}`;
    const showing = show(message, { chatId, messageId });
    newest.set(message, showing);
    const isShown = await showing;
    if (newest.get(message) === showing) newest.delete(message);
    return isShown;
  }

  return {
    refresh,
    follow(chatId, messageId) {
      if (shown.has(`${chatId} ${messageId}`)) void refresh(chatId, messageId);
    },
  };
}

/** The worst that has happened decides; 👌 only when everything is done. Undefined when nothing was handed over. */
export function reactionTo(
  deliveries: readonly Pick<Delivery, "state" | "trouble">[],
  waiting: readonly Pick<Link, "state">[],
): Emoji | undefined {
  const counted = deliveries.filter(({ state }) => state !== "removed");
  if (counted.length === 0) return undefined;
  const isBad = ({ state, trouble }: Pick<Delivery, "state" | "trouble">) =>
    state === "lost" || (state === "open" && trouble !== null);
  if (counted.some(isBad) || waiting.some(({ state }) => state === "failed")) return "💔";
  if (counted.some(({ state }) => state === "unknown")) return "🤷";
  const isOver = counted.every(({ state }) => state === "done") && waiting.every(({ state }) => state === "removed");
  return isOver ? "👌" : "👀";
}
