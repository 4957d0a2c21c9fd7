import type { Delivery } from "../../domain/delivery.ts";
import { keepLatest } from "../../domain/keep-latest.ts";
import type { Link } from "../../domain/link.ts";
import { unlessUnavailable } from "../../domain/storage.ts";
import type { Queue } from "../../service/queue/queue.ts";
import type { Outbox } from "../outbox/outbox.ts";

/** Shows the progress of its links on a person's own message, if the chat prefers that to messages. */
export interface MessageReactions {
  /**
   * Brings the reaction in line with the links of the message. Resolves with false if it cannot be shown: the chat allows no such
   * reaction, the message is gone, or it was given up before Telegram took it. Never rejects.
   */
  refresh(chatId: number, messageId: number): Promise<boolean>;
  /** The same, if some of the message's links were handed over, in this life of the bot or an earlier one. In the background. */
  follow(chatId: number, messageId: number): void;
}

/** Bot API: the fixed list of reactions has no check mark and no warning sign. */
type Emoji = "👀" | "👌" | "💔" | "🤷";

/** How a download ends is not always shown: the chat may prefer messages by then. */
const MOST_SHOWN = 3_000;

export function createMessageReactions(deps: { outbox: Outbox; queue: Pick<Queue, "ofMessage"> }): MessageReactions {
  const { outbox, queue } = deps;
  /** What a message shows while some of its links are in progress, so that nothing is set twice. */
  const shown = new Map<string, Emoji>();
  /** The newest refresh of each message, while it is in progress. */
  const newest = new Map<string, Promise<boolean>>();

  async function show(message: string, { chatId, messageId }: { chatId: number; messageId: number }): Promise<boolean> {
    const sent = await outbox.send(chatId, { priority: "notice", key: `react ${messageId}` }, async (api) => {
      const { waiting, deliveries } = queue.ofMessage({ chatId, messageId });
      const emoji = reactionTo(deliveries, waiting);
      const isSet = emoji === undefined || shown.get(message) === emoji;
      const isUnderWay = waiting.length > 0 || deliveries.some(({ state }) => state === "open");
      // It may already show how it ends: that there was trouble with it.
      if (!isUnderWay) shown.delete(message);
      if (isSet) return;
      await api.setMessageReaction({ chat_id: chatId, message_id: messageId, reaction: [{ type: "emoji", emoji }] });
      if (isUnderWay) keepLatest(shown.set(message, emoji), MOST_SHOWN);
    });
    if (sent.ok) return true;
    if (sent.kind === "gone") shown.delete(message);
    // Whether the call that replaced this one succeeds decides for this one too.
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
      const hasReaction = unlessUnavailable(
        () => queue.ofMessage({ chatId, messageId }).deliveries.length > 0,
        () => false,
      );
      if (hasReaction) void refresh(chatId, messageId);
    },
  };
}

/** The worst that has happened decides; 👌 only if everything is done. Undefined if nothing was handed over. */
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
