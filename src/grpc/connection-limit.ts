import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Server } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";
import { createTurnLimit } from "../domain/turn-limit.ts";
import { listenersOf } from "./http2-listeners.ts";

/** More than a fleet of 300 makes at once, even from one address: behind a container's NAT they have the same. */
const MOST_CALLS = { inAll: 2_000, ofOne: 1_000 } as const;

/** How many connections callers may hold open. */
export interface ConnectionLimit {
  readonly inAll: number;
  readonly fromOneAddress: number;
  /** How long a connection that the server has ended may stay half open, and a request incomplete, in ms. */
  readonly patienceMs: number;
  /** Called after a connection was refused. */
  readonly onRefused?: (() => void) | undefined;
}

/** A connection that holds a place. */
interface Held {
  readonly socket: Socket;
  readonly caller: string;
  /** The caller's address and port. */
  readonly end: string;
  /** Undefined until it speaks HTTP/2. */
  session?: ServerHttp2Session;
  /** Calls in progress. */
  calls: number;
}

/** The connections that are open. */
export interface OpenConnections {
  /** Closes those that have no call in progress: a silent peer would not end its connection by itself. */
  endIdle(): void;
}

/**
 * Limits the connections of callers, so that strangers cannot use up the process's descriptors: Bun ends a process that has
 * none left (runtime.md §4.2). At the limit, the connection that has been idle the longest since its last call is closed; if none
 * is idle, the new one is. Call it once the server listens. Throws if grpc-js keeps its servers elsewhere.
 */
export function limitConnections(server: Server, limit: ConnectionLimit, log: Log): OpenConnections {
  const places = createPlaces(limit);
  const mayCall = createTurnLimit(MOST_CALLS, setImmediate);
  for (const sockets of listenersOf(server)) {
    sockets.prependListener("connection", (socket: Socket) => {
      const { remoteAddress: caller = "" } = socket;
      if (!places.take(socket, caller)) {
        log.warn("Too many connections: hanging up", { caller, open: places.size });
        socket.destroy();
        limit.onRefused?.();
        return;
      }
      // A suspended peer never closes its end, and would keep its place for as long.
      socket.once("finish", () => {
        const giveUp = setTimeout(() => socket.destroy(), limit.patienceMs);
        socket.once("close", () => clearTimeout(giveUp));
      });
    });
    sockets.on("session", (session: ServerHttp2Session) => {
      session.on("stream", (stream: ServerHttp2Stream) => {
        const one = places.called(session, stream);
        if (one === undefined || mayCall(one.caller)) return endUnlessWhole(stream, limit.patienceMs);
        log.warn("Too many calls at once: hanging up", { caller: one.caller });
        session.destroy();
        one.socket.destroy();
      });
    });
  }
  return places;
}

/** What has arrived of a request is kept in memory until it is complete: for ever, if the caller never sends the rest. */
function endUnlessWhole(stream: ServerHttp2Stream, withinMs: number): void {
  const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), withinMs);
  for (const end of ["end", "close"]) stream.once(end, () => clearTimeout(late));
}

/** The connections that hold a place, by their callers' ends: under TLS a session has another socket than the connection. */
function createPlaces({ inAll, fromOneAddress }: ConnectionLimit) {
  const held = new Map<string, Held>();
  const counts = new Map<string, number>();
  /** Those that have made a call and have none in progress, the longest idle first. */
  const idle = new Set<Held>();

  const isHeld = (one: Held) => held.get(one.end) === one;

  function leave(one: Held): void {
    idle.delete(one);
    if (!isHeld(one)) return;
    held.delete(one.end);
    const left = (counts.get(one.caller) ?? 0) - 1;
    if (left > 0) counts.set(one.caller, left);
    else counts.delete(one.caller);
  }

  /** False if none can be spared. */
  function makeRoom(isSpared: (one: Held) => boolean): boolean {
    const longest = [...idle].find(isSpared);
    if (longest === undefined) return false;
    leave(longest);
    // Ending the session makes the peer use a new connection for its next call, which would fail otherwise.
    longest.session?.destroy();
    longest.socket.destroySoon();
    return true;
  }

  return {
    get size() {
      return held.size;
    },
    endIdle(): void {
      for (const { calls, session, socket } of held.values()) {
        if (calls > 0) continue;
        session?.destroy();
        socket.destroy();
      }
    },
    /** False if there is no room. */
    take(socket: Socket, caller: string): boolean {
      const isFull = (counts.get(caller) ?? 0) >= fromOneAddress;
      if (isFull && !makeRoom((one) => one.caller === caller)) return false;
      if (held.size >= inAll && !makeRoom(() => true)) return false;
      const one: Held = { socket, caller, end: endOf(socket), calls: 0 };
      held.set(one.end, one);
      counts.set(caller, (counts.get(caller) ?? 0) + 1);
      socket.once("close", () => leave(one));
      return true;
    },
    /** Notes a call, and returns the connection that makes it. */
    called(session: ServerHttp2Session, stream: ServerHttp2Stream): Held | undefined {
      const one = session.socket && held.get(endOf(session.socket));
      if (!one) return undefined;
      one.session = session;
      one.calls += 1;
      idle.delete(one);
      stream.once("close", () => {
        one.calls -= 1;
        if (one.calls === 0 && isHeld(one)) idle.add(one);
      });
      return one;
    },
  };
}

function endOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return `${remoteAddress} ${remotePort}`;
}
