import type { CallEnd } from "./call-failure.ts";
import { exchangeOf, lacksRoom } from "./outcome.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";

/** Limits how many calls a downloader gets at a time, once it has turned some away (reliability.md §2.5). */
export interface CallWindow {
  /**
   * How `call` ended; undefined if it had no turn within `limitMs`. It is given the ms that are left. If it was turned away beside
   * others, it is made again when one of those has ended, and from then on the downloader gets no more at a time than it took. If it
   * could not be made again, it ended with being turned away.
   */
  pass<Reply>(
    name: string,
    limitMs: number,
    call: (leftMs: number) => Promise<CallEnd<Reply> | undefined>,
  ): Promise<CallEnd<Reply> | undefined>;
  /** It is gone, or has moved. */
  forget(name: string): void;
}

/** After so many calls in a row that were not turned away, it gets one more at a time. */
const GROWS_AFTER = 32;
/** A downloader that takes more is not limited any longer. */
const WIDE = 32;

/** The calls of one downloader. */
interface Room {
  readonly turnstile: Turnstile;
  /** How many it gets at a time. */
  most: number;
  begun: number;
  /** Calls in a row that were not turned away. */
  taken: number;
}

export function createCallWindow(): CallWindow {
  const rooms = new Map<string, Room>();

  function roomOf(name: string): Room {
    const known = rooms.get(name);
    if (known !== undefined) return known;
    const room: Room = {
      turnstile: createTurnstile(() => room.most),
      most: Number.POSITIVE_INFINITY,
      begun: 0,
      taken: 0,
    };
    rooms.set(name, room);
    return room;
  }

  return {
    async pass(name, limitMs, call) {
      const room = roomOf(name);
      const { turnstile } = room;
      const until = performance.now() + limitMs;
      let away: Awaited<ReturnType<typeof call>>;
      for (;;) {
        const leftMs = Math.max(1, until - performance.now());
        if (!(await turnstile.enter(leftMs))) return away;
        const others = turnstile.inside - 1;
        room.begun += 1;
        const { begun } = room;
        let isAway = false;
        try {
          const ended = await call(Math.max(1, until - performance.now()));
          isAway = ended !== undefined && "failure" in ended && lacksRoom(ended.failure);
          const wasAlone = others === 0 && room.begun === begun;
          if (!isAway) return wasSent(ended) ? ended : (away ?? ended);
          if (wasAlone || performance.now() >= until) return ended;
          away = ended;
        } finally {
          adapt(room, isAway);
          turnstile.leave();
        }
      }
    },
    forget: (name) => void rooms.delete(name),
  };
}

/** If a repeated call was not even sent, its end says nothing about the call before. */
function wasSent(ended: CallEnd<unknown> | undefined): boolean {
  return ended !== undefined && !("failure" in ended && exchangeOf(ended.failure) === "unconnected");
}

function adapt(room: Room, isAway: boolean): void {
  if (isAway) {
    room.most = Math.max(1, Math.min(room.most, room.turnstile.inside - 1));
    room.taken = 0;
    return;
  }
  room.taken += 1;
  if (room.taken < GROWS_AFTER) return;
  room.most = room.most < WIDE ? room.most + 1 : Number.POSITIVE_INFINITY;
  room.taken = 0;
}
