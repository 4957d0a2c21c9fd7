import { keepLatest } from "../../domain/keep-latest.ts";

/** Enough to know that a message has scrolled away. */
const MOST_KNOWN = 20;
const MOST_CHATS = 5_000;
/** A forum gets new topics for years; one that has been silent for long is treated as after a start of the bot. */
const MOST_TOPICS = 200;

/** A message as Telegram reports it, in an update or in the answer to a sending. */
export interface SeenMessage {
  readonly message_id: number;
  readonly chat: { readonly id: number };
  readonly message_thread_id?: number | undefined;
  readonly is_topic_message?: boolean | undefined;
}

/** The latest messages of each chat and topic, as far as the bot sees them; only in memory. */
export interface ChatTail {
  saw(message: SeenMessage): void;
  deleted(chatId: number, messageIds: readonly number[]): void;
  /** The latest message known above this one in its chat. */
  lastBefore(chatId: number, messageId: number): number | undefined;
  /** How many of them, at most twenty, are below a message. */
  below(place: { chatId: number; threadId: number | null }, messageId: number): number;
}

export function createChatTail(): ChatTail {
  /** By chat, in the order in which something was last seen there; then by topic. */
  const tails = new Map<number, Map<number, Set<number>>>();

  return {
    saw({ message_id: id, chat, message_thread_id: thread = 0, is_topic_message: isTopics = false }) {
      // Bot API: only one person sees it.
      if (id === 0) return;
      const topics = tails.get(chat.id) ?? new Map<number, Set<number>>();
      putLast(tails, { key: chat.id, value: topics, most: MOST_CHATS });
      const topic = isTopics ? thread : 0;
      const ids = topics.get(topic) ?? new Set<number>();
      putLast(topics, { key: topic, value: ids.add(id), most: MOST_TOPICS });
      keepLatest(ids, MOST_KNOWN);
    },
    deleted(chatId, messageIds) {
      for (const ids of tails.get(chatId)?.values() ?? []) for (const id of messageIds) ids.delete(id);
    },
    lastBefore(chatId, messageId) {
      const ids = [...(tails.get(chatId)?.values() ?? [])].flatMap((known) => [...known]);
      const above = ids.filter((id) => id < messageId);
      return above.length === 0 ? undefined : Math.max(...above);
    },
    below({ chatId, threadId }, messageId) {
      const ids = tails.get(chatId)?.get(threadId ?? 0) ?? new Set<number>();
      return [...ids].filter((id) => id > messageId).length;
    },
  };
}

/** The latest ones are kept. */
function putLast<Key, Value>(
  map: Map<Key, Value>,
  { key, value, most }: { key: Key; value: Value; most: number },
): void {
  map.delete(key);
  map.set(key, value);
  keepLatest(map, most);
}
