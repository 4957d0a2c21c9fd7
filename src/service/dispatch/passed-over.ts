import type { Link, Position } from "../../domain/link.ts";

/** Due links that were passed over because all downloaders that take them are full. In memory, so it is soon out of date. */
export interface PassedOver {
  readonly count: number;
  add(link: Pick<Link, "chatId" | "sendAt" | "id">, downloaders: readonly string[]): void;
  /** Chats with a link that could go now; of those that wait for the same downloaders, first the one whose turn it is. */
  chats(hasRoom: (downloader: string) => boolean): Iterable<number>;
  /** Forgets the chat's first link that could go now, and returns where it stands; undefined if there is none. */
  takeFirst(chatId: number, hasRoom: (downloader: string) => boolean): Position | undefined;
  /** The last link in the chat's line that was passed over: only those behind it have not been looked at. */
  lastOf(chatId: number): Position | undefined;
  clear(): void;
}

/** Links that the same downloaders take. */
interface Line {
  readonly downloaders: readonly string[];
  readonly chats: Map<number, Position[]>;
}

export function createPassedOver(): PassedOver {
  const lines = new Map<string, Line>();
  const last = new Map<number, Position>();
  let count = 0;

  function lineFor(downloaders: readonly string[]): Line {
    const key = JSON.stringify(downloaders.toSorted());
    const known = lines.get(key);
    if (known !== undefined) return known;
    const line = { downloaders, chats: new Map<number, Position[]>() };
    lines.set(key, line);
    return line;
  }

  /** Those that could go now. */
  const moving = (hasRoom: (downloader: string) => boolean) =>
    lines.values().filter(({ downloaders }) => downloaders.some(hasRoom));

  return {
    get count() {
      return count;
    },
    add({ chatId, sendAt, id }, downloaders) {
      const { chats } = lineFor(downloaders);
      const position = { sendAt, id };
      const before = chats.get(chatId);
      if (before === undefined) chats.set(chatId, [position]);
      else before.push(position);
      const latest = last.get(chatId);
      if (latest === undefined || isBefore(latest, position)) last.set(chatId, position);
      count += 1;
    },
    chats: (hasRoom) => moving(hasRoom).flatMap(({ chats }) => chats.keys()),
    takeFirst(chatId, hasRoom) {
      let first: Line | undefined;
      const headOf = (line: Line | undefined) => line?.chats.get(chatId)?.[0];
      for (const line of moving(hasRoom)) {
        const head = headOf(line);
        if (head === undefined) continue;
        const best = headOf(first);
        if (best === undefined || isBefore(head, best)) first = line;
      }
      const positions = first?.chats.get(chatId);
      const taken = positions?.shift();
      if (taken === undefined) return undefined;
      count -= 1;
      first?.chats.delete(chatId);
      if (positions !== undefined && positions.length > 0) first?.chats.set(chatId, positions);
      return taken;
    },
    lastOf: (chatId) => last.get(chatId),
    clear() {
      lines.clear();
      last.clear();
      count = 0;
    },
  };
}

function isBefore(one: Position, other: Position): boolean {
  return one.sendAt < other.sendAt || (one.sendAt === other.sendAt && one.id < other.id);
}
