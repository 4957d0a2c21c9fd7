import { type Outgoing, PRIORITIES, type Priority } from "./send-result.ts";

/** The calls that wait for one chat. */
export interface ChatQueue {
  chatId: number;
  /** A call is in progress. */
  isBusy: boolean;
  /** Telegram asked to wait, or the last try failed. */
  isPaused: boolean;
  /** Failures of the network or the server in a row. */
  failures: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly outgoing: Outgoing;
  /** Its order among equals: kept when it is put back. */
  readonly order: number;
  /** Regardless of its priority, everything else for its chat goes before it. */
  readonly isLast: boolean;
}

/** A call that was taken out, with what is needed to put it back. */
export interface Taken extends Waiting {
  readonly queue: ChatQueue;
}

/** See `createChatQueues`. */
export type ChatQueues = ReturnType<typeof createChatQueues>;

/**
 * The chats' queues: by priority, then in the order of arrival; chats with equally urgent calls take turns. Pure bookkeeping; times and
 * calls are the outbox's business.
 */
export function createChatQueues() {
  const queues = new Map<number, ChatQueue>();
  const moved = new Map<number, number>();
  /**
   * Chats whose first call may go, by its priority: with a thousand chats, looking at all of them for each call would take longer than the
   * call.
   */
  const ready: Readonly<Record<Priority, Set<ChatQueue>>> = {
    answer: new Set(),
    prompt: new Set(),
    notice: new Set(),
    cleanup: new Set(),
  };
  let lastOrder = 0;
  let size = 0;

  function queueOf(chatId: number): ChatQueue {
    const id = moved.get(chatId) ?? chatId;
    const known = queues.get(id);
    if (known) return known;
    const queue: ChatQueue = { chatId: id, isBusy: false, isPaused: false, failures: 0, waiting: [] };
    queues.set(id, queue);
    return queue;
  }

  /** Call it when the first call of a queue has changed, or whether it may go. */
  function line(queue: ChatQueue): void {
    const isIdle = !queue.isBusy && !queue.isPaused;
    const [first] = queue.waiting;
    if (isIdle && first === undefined && queues.get(queue.chatId) === queue) queues.delete(queue.chatId);
    const place = isIdle ? first?.outgoing.priority : undefined;
    for (const priority of PRIORITIES) if (priority !== place) ready[priority].delete(queue);
    if (place !== undefined) ready[place].add(queue);
  }

  function insert(queue: ChatQueue, entry: Waiting): void {
    const index = queue.waiting.findLastIndex((other) => isBefore(other, entry)) + 1;
    queue.waiting.splice(index, 0, entry);
    size += 1;
    line(queue);
  }

  function remove(queue: ChatQueue, entry: Waiting): Outgoing {
    queue.waiting.splice(queue.waiting.indexOf(entry), 1);
    size -= 1;
    line(queue);
    return entry.outgoing;
  }

  return {
    /** How many calls wait, not counting those in progress. */
    get size(): number {
      return size;
    },

    /** Queues a call; returns the older one with the same key, whose place it took. */
    add(outgoing: Outgoing): Outgoing | undefined {
      const queue = queueOf(outgoing.chatId);
      lastOrder += 1;
      const older = queue.waiting.find(({ outgoing: { key } }) => key !== undefined && key === outgoing.key);
      const keepsPlace = older?.outgoing.priority === outgoing.priority;
      if (older) remove(queue, older);
      insert(queue, { outgoing, order: keepsPlace ? older.order : lastOrder, isLast: false });
      return older?.outgoing;
    },

    /** Takes the first call of the most urgent idle chat, among those that are not held, and marks the chat busy. */
    take(isHeld: (chatId: number, outgoing: Outgoing) => boolean): Taken | undefined {
      /** First calls, and those behind calls that are held. */
      const free: { readonly queue: ChatQueue; readonly entry: Waiting }[] = [];
      for (const priority of PRIORITIES) {
        for (const queue of ready[priority]) {
          const entry = queue.waiting.find(({ outgoing }) => !isHeld(queue.chatId, outgoing));
          if (entry !== undefined) free.push({ queue, entry });
          if (entry?.outgoing.priority === priority) break;
        }
        const taken = free.find(({ entry }) => entry.outgoing.priority === priority);
        if (taken === undefined) continue;
        const { queue, entry } = taken;
        queue.isBusy = true;
        remove(queue, entry);
        return { ...entry, queue };
      }
      return undefined;
    },

    /** The current call has ended: the chat may have its next one. */
    release(queue: ChatQueue): void {
      queue.isBusy = false;
      line(queue);
    },

    /** No call of the chat is taken while it is paused. */
    pause(queue: ChatQueue, isPaused: boolean): void {
      queue.isPaused = isPaused;
      line(queue);
    },

    /** Puts a call back in its old place, or after all others for its chat; false if a newer one with its key is already waiting. */
    putBack({ queue, outgoing, order, isLast: wasLast }: Taken, { isLast } = { isLast: false }): boolean {
      const home = queueOf(queue.chatId);
      const key = outgoing.key;
      if (key !== undefined && home.waiting.some((other) => other.outgoing.key === key)) return false;
      insert(home, { outgoing, order, isLast: isLast || wasLast });
      return true;
    },

    /** Bot API: the chat has a new id; what waits for the old one, now and later, goes there. */
    move(queue: ChatQueue, chatId: number): void {
      queues.delete(queue.chatId);
      moved.set(queue.chatId, chatId);
      const there = queues.get(chatId);
      queue.chatId = chatId;
      queues.set(chatId, queue);
      if (there === undefined) return;
      for (const entry of [...there.waiting]) {
        remove(there, entry);
        insert(queue, entry);
      }
    },

    /** Takes out the oldest call of the least urgent priority that any chat has. */
    shed(): Outgoing | undefined {
      for (const priority of SHED_ORDER) {
        const [oldest] = [...queues.values()]
          .flatMap((queue) => {
            const entry = queue.waiting.find(({ outgoing }) => outgoing.priority === priority);
            return entry ? [{ queue, entry }] : [];
          })
          .sort((one, other) => one.entry.order - other.entry.order);
        if (oldest) return remove(oldest.queue, oldest.entry);
      }
      return undefined;
    },

    /** Takes out everything that waits in the queue, or in all of them, with one of these priorities. */
    clear(priorities: readonly Priority[], only?: ChatQueue): Outgoing[] {
      return (only ? [only] : [...queues.values()]).flatMap((queue) =>
        queue.waiting
          .filter(({ outgoing }) => priorities.includes(outgoing.priority))
          .map((entry) => remove(queue, entry)),
      );
    },
  };
}

/** Deletions that are dropped here are still in the store; a lost prompt or answer leaves a person without one. */
const SHED_ORDER: readonly Priority[] = ["notice", "cleanup", "prompt", "answer"];

function isBefore(one: Waiting, other: Waiting): boolean {
  if (one.isLast !== other.isLast) return other.isLast;
  const byPriority = PRIORITIES.indexOf(one.outgoing.priority) - PRIORITIES.indexOf(other.outgoing.priority);
  return byPriority === 0 ? one.order < other.order : byPriority < 0;
}
