import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Server } from "@grpc/grpc-js";
import { countAtOnce } from "../domain/at-once.ts";
import type { Log } from "../domain/log.ts";
import { listenersOf } from "./http2-listeners.ts";

/** More than a fleet of 300 makes at once, from one address too: behind a container's NAT it is one. */
const MOST_CALLS = { inAll: 2_000, ofOne: 1_000 } as const;

/** How many connections callers may hold open. */
export interface ConnectionLimit {
  readonly inAll: number;
  readonly fromOneAddress: number;
  /** How long one that the server has ended may stay half open, and a request half said, in ms. */
  readonly patienceMs: number;
  /** After a caller was hung up on. */
  readonly onRefused?: (() => void) | undefined;
}

/** A connection that holds a place. */
interface Held {
  readonly socket: Socket;
  readonly caller: string;
  /** Where it comes from, port and all. */
  readonly end: string;
  /** Undefined until it speaks HTTP/2. */
  session?: ServerHttp2Session;
  /** Under way. */
  calls: number;
}

/** The connections that are open. */
export interface OpenConnections {
  /** Hangs up on those that have no call under way: whoever never speaks would not say goodbye either. */
  endIdle(): void;
}

/**
 * Holds callers to so many connections, so that strangers cannot use up the process's descriptors: Bun ends a process that has
 * none left (runtime.md §4.2). Where places get scarce, the one that has been idle the longest since its call makes room; the
 * newcomer is hung up on where there is none. To be called once the server listens. Throws when grpc-js keeps its servers
 * elsewhere.
 */
export function limitConnections(server: Server, limit: ConnectionLimit, log: Log): OpenConnections {
  const places = createPlaces(limit);
  const mayCall = countAtOnce(MOST_CALLS, setImmediate);
  for (const sockets of listenersOf(server)) {
    sockets.prependListener("connection", (socket: Socket) => {
      const { remoteAddress: caller = "" } = socket;
      if (!places.take(socket, caller)) {
        log.warn("Too many connections: hanging up", { caller, open: places.size });
        socket.destroy();
        limit.onRefused?.();
        return;
      }
      // Whoever is stopped never says goodbye, and would keep its place for as long.
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

/** What there is of a request is kept in memory until all of it has come, and whoever says the rest never would hold it for ever. */
function endUnlessWhole(stream: ServerHttp2Stream, withinMs: number): void {
  const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), withinMs);
  for (const end of ["end", "close"]) stream.once(end, () => clearTimeout(late));
}

/** Who holds a place, by the other end: under TLS a session has another socket than the connection. */
function createPlaces({ inAll, fromOneAddress }: ConnectionLimit) {
  const held = new Map<string, Held>();
  const counts = new Map<string, number>();
  /** Those that have made a call and have none under way, the longest idle first. */
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

  /** False where nobody can be spared. */
  function makeRoom(isSpared: (one: Held) => boolean): boolean {
    const longest = [...idle].find(isSpared);
    if (longest === undefined) return false;
    leave(longest);
    // What says goodbye has its next call made on a new connection, rather than failed.
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
    /** False when there is no room. */
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
    /** Who makes a call. */
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
