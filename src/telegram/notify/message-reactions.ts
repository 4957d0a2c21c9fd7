import type { Delivery } from "../../domain/delivery.ts";
import { keepLatest } from "../../domain/keep-latest.ts";
import type { Link } from "../../domain/link.ts";
import type { MessageRef } from "../../domain/message.ts";
import { ifAvailable, unlessUnavailable } from "../../domain/storage.ts";
import type { Queue } from "../../service/queue/queue.ts";
import type { BotApi, Outbox } from "../outbox/outbox.ts";

/** Shows the progress of its links on a person's own message, if the chat prefers that to messages. */
export interface MessageReactions {
  /**
   * Brings the reaction in line with the links of the message. Resolves with false if it cannot be shown: the chat allows no such
   * reaction, the message is gone, or it was given up before Telegram took it. Never rejects.
   */
  refresh(chatId: number, messageId: number): Promise<boolean>;
  /**
   * The same for a message in a chat that takes nothing else from the bot, in which notices are dropped: it shows at least that it was
   * heard. Resolves with false if the chat allows no reactions. Never rejects.
   */
  acknowledge(chatId: number, messageId: number): Promise<boolean>;
  /** As `refresh`, if some of the message's links were handed over, in this life of the bot or an earlier one. In the background. */
  follow(chatId: number, messageId: number): void;
}

/** Bot API: the fixed list of reactions has no check mark and no warning sign. */
type Emoji = "👀" | "👌" | "💔" | "🤷";

type LinksOfMessage = ReturnType<Queue["ofMessage"]>;

/** How a download ends is not always shown: the chat may prefer messages by then. */
const MOST_SHOWN = 3_000;

export function createMessageReactions(deps: { outbox: Outbox; queue: Pick<Queue, "ofMessage"> }): MessageReactions {
  const { outbox, queue } = deps;
  /** What a message shows while some of its links are in progress, so that nothing is set twice. */
  const shown = new Map<string, Emoji>();
  /** The newest refresh of each message, while it is in progress. */
  const newest = new Map<string, Promise<boolean>>();

  /** Sets what fits the message's links; `otherwise` if none was handed over. */
  async function set(
    api: BotApi,
    message: MessageRef,
    { waiting, deliveries, otherwise }: LinksOfMessage & { otherwise?: Emoji },
  ): Promise<void> {
    const { chatId, messageId } = message;
    const name = nameOf(message);
    const emoji = reactionTo(deliveries, waiting) ?? otherwise;
    const isSet = emoji === undefined || shown.get(name) === emoji;
    const isUnderWay = waiting.length > 0 || deliveries.some(({ state }) => state === "open");
    // It may already show how it ends: that there was trouble with it.
    if (!isUnderWay) shown.delete(name);
    if (isSet) return;
    await api.setMessageReaction({ chat_id: chatId, message_id: messageId, reaction: [{ type: "emoji", emoji }] });
    if (isUnderWay) keepLatest(shown.set(name, emoji), MOST_SHOWN);
  }

  async function show(message: MessageRef): Promise<boolean> {
    const { chatId, messageId } = message;
    const sending = { priority: "notice", key: `react ${messageId}` } as const;
    const sent = await outbox.send(chatId, sending, (api) => set(api, message, queue.ofMessage(message)));
    if (sent.ok) return true;
    if (sent.kind === "gone") shown.delete(nameOf(message));
    // Whether the call that replaced this one succeeds decides for this one too.
    return sent.kind === "superseded" ? ((await newest.get(nameOf(message))) ?? true) : false;
  }

  async function refresh(chatId: number, messageId: number): Promise<boolean> {
    const name = nameOf({ chatId, messageId });
    const showing = show({ chatId, messageId });
    newest.set(name, showing);
    const isShown = await showing;
    if (newest.get(name) === showing) newest.delete(name);
    return isShown;
  }

  return {
    refresh,
    async acknowledge(chatId, messageId) {
      const message = { chatId, messageId };
      const sending = { priority: "answer", key: `acknowledge ${messageId}` } as const;
      const sent = await outbox.send(chatId, sending, (api) => {
        const links = ifAvailable(() => queue.ofMessage(message)) ?? { waiting: [], deliveries: [] };
        return set(api, message, { ...links, otherwise: "👀" });
      });
      return sent.ok || sent.kind !== "reaction_refused";
    },
    follow(chatId, messageId) {
      const hasReaction = unlessUnavailable(
        () => queue.ofMessage({ chatId, messageId }).deliveries.length > 0,
        () => false,
      );
      if (hasReaction) void refresh(chatId, messageId);
    },
  };
}

const nameOf = ({ chatId, messageId }: MessageRef) => `${chatId} ${messageId}`;

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
