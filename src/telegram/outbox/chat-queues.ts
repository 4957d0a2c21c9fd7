import { type Outgoing, PRIORITIES, type Priority } from "./send-result.ts";

/** What waits for one chat. */
export interface Lane {
  chatId: number;
  /** A call is under way. */
  busy: boolean;
  /** Telegram asked to wait, or the last try failed. */
  paused: boolean;
  /** Failures of the network or the server in a row. */
  failures: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly outgoing: Outgoing;
  /** Its turn among equals: kept when it is put back. */
  readonly turn: number;
}

/** A call that was taken out, with what is needed to put it back. */
export interface Taken extends Waiting {
  readonly lane: Lane;
}

/** See `createLanes`. */
export type Lanes = ReturnType<typeof createLanes>;

/** The chats' queues: by priority, then in the order of arrival. Pure bookkeeping; times and calls are the messenger's. */
export function createLanes() {
  const lanes = new Map<number, Lane>();
  const moved = new Map<number, number>();
  let turns = 0;
  let size = 0;

  function laneOf(chatId: number): Lane {
    const id = moved.get(chatId) ?? chatId;
    const known = lanes.get(id);
    if (known) return known;
    const lane: Lane = { chatId: id, busy: false, paused: false, failures: 0, waiting: [] };
    lanes.set(id, lane);
    return lane;
  }

  function insert(lane: Lane, entry: Waiting): void {
    const index = lane.waiting.findLastIndex((other) => isBefore(other, entry)) + 1;
    lane.waiting.splice(index, 0, entry);
    size += 1;
  }

  function remove(lane: Lane, entry: Waiting): Outgoing {
    lane.waiting.splice(lane.waiting.indexOf(entry), 1);
    size -= 1;
    return entry.outgoing;
  }

  return {
    /** How many calls wait, those under way not counted. */
    get size(): number {
      return size;
    },

    /** Queues a call; returns the older one with the same key, whose place it took. */
    add(outgoing: Outgoing): Outgoing | undefined {
      const lane = laneOf(outgoing.chatId);
      turns += 1;
      const older = lane.waiting.find(({ outgoing: { key } }) => key !== undefined && key === outgoing.key);
      const keepsPlace = older?.outgoing.priority === outgoing.priority;
      if (older) remove(lane, older);
      insert(lane, { outgoing, turn: keepsPlace ? older.turn : turns });
      return older?.outgoing;
    },

    /** Takes the first call of the most urgent idle chat, and marks the chat busy. */
    take(): Taken | undefined {
      let best: Taken | undefined;
      for (const lane of lanes.values()) {
        const [head] = lane.waiting;
        if (head && !lane.busy && !lane.paused && (!best || isBefore(head, best))) best = { ...head, lane };
        if (!head && !lane.busy && !lane.paused) lanes.delete(lane.chatId);
      }
      if (!best) return undefined;
      best.lane.waiting.shift();
      best.lane.busy = true;
      size -= 1;
      return best;
    },

    /** Puts a call back in its old place; false when a newer one with its key waits already. */
    putBack({ lane, outgoing, turn }: Taken): boolean {
      const home = laneOf(lane.chatId);
      const key = outgoing.key;
      if (key !== undefined && home.waiting.some((other) => other.outgoing.key === key)) return false;
      insert(home, { outgoing, turn });
      return true;
    },

    /** Bot API: the chat has a new id; what waits for the old one, now and later, goes there. */
    move(lane: Lane, chatId: number): void {
      lanes.delete(lane.chatId);
      moved.set(lane.chatId, chatId);
      const there = lanes.get(chatId);
      lane.chatId = chatId;
      lanes.set(chatId, lane);
      for (const entry of there?.waiting.splice(0) ?? []) {
        size -= 1;
        insert(lane, entry);
      }
    },

    /** Takes out the oldest call of the least urgent priority that any chat has. */
    shed(): Outgoing | undefined {
      for (const priority of SHED_ORDER) {
        const [oldest] = [...lanes.values()]
          .flatMap((lane) => {
            const entry = lane.waiting.find(({ outgoing }) => outgoing.priority === priority);
            return entry ? [{ lane, entry }] : [];
          })
          .sort((one, other) => one.entry.turn - other.entry.turn);
        if (oldest) return remove(oldest.lane, oldest.entry);
      }
      return undefined;
    },

    /** Takes out whatever waits in the lane, or in all of them, with one of the priorities. */
    clear(priorities: readonly Priority[], only?: Lane): Outgoing[] {
      return (only ? [only] : [...lanes.values()]).flatMap((lane) =>
        lane.waiting
          .filter(({ outgoing }) => priorities.includes(outgoing.priority))
          .map((entry) => remove(lane, entry)),
      );
    },
  };
}

/** Deletions that are dropped here are still in the store; a lost prompt or answer is a person left without one. */
const SHED_ORDER: readonly Priority[] = ["notice", "cleanup", "prompt", "answer"];

function isBefore(one: Waiting, other: Waiting): boolean {
  const byPriority = PRIORITIES.indexOf(one.outgoing.priority) - PRIORITIES.indexOf(other.outgoing.priority);
  return byPriority === 0 ? one.turn < other.turn : byPriority < 0;
}
