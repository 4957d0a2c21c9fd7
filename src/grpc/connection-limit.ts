import type { ServerHttp2Stream } from "node:http2";
import type { Socket, Server as SocketServer } from "node:net";
import type { Server } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";

/** How many connections callers may hold open. */
export interface ConnectionLimit {
  readonly inAll: number;
  readonly fromOneAddress: number;
  /** How long one that the server has ended may stay half open, in ms. */
  readonly goodbyeMs: number;
}

/** The connections that are open. */
export interface OpenConnections {
  /** Hangs up on those that have no call under way: whoever never speaks would not say goodbye either. */
  endIdle(): void;
}

/**
 * Hangs up at once on whoever would be one too many, so that strangers cannot use up the process's descriptors: Bun ends a
 * process that has none left (runtime.md §4.2). To be called once the server listens. Throws when grpc-js keeps its servers elsewhere.
 */
export function limitConnections(
  server: Server,
  { inAll, fromOneAddress, goodbyeMs }: ConnectionLimit,
  log: Log,
): OpenConnections {
  const open = new Map<string, number>();
  const sockets = new Set<Socket>();
  /** How many calls are under way, by where they come from: with TLS a session does not show the socket that it lies on. */
  const calls = new Map<string, number>();
  let all = 0;
  for (const listener of listeners(server)) {
    listener.prependListener("stream", (stream: ServerHttp2Stream) => {
      const from = placeOf(stream.session?.socket);
      calls.set(from, (calls.get(from) ?? 0) + 1);
      stream.once("close", () => {
        const left = (calls.get(from) ?? 0) - 1;
        if (left > 0) calls.set(from, left);
        else calls.delete(from);
      });
    });
    listener.prependListener("connection", (socket) => {
      const { remoteAddress: caller = "" } = socket;
      const held = open.get(caller) ?? 0;
      if (all >= inAll || held >= fromOneAddress) {
        log.warn("Too many connections of downloaders: hanging up", { caller, open: all });
        socket.destroy();
        return;
      }
      all += 1;
      open.set(caller, held + 1);
      sockets.add(socket);
      // Whoever is stopped never says goodbye, and would keep its place for as long.
      socket.once("finish", () => {
        const giveUp = setTimeout(() => socket.destroy(), goodbyeMs);
        socket.once("close", () => clearTimeout(giveUp));
      });
      socket.once("close", () => {
        all -= 1;
        sockets.delete(socket);
        const left = (open.get(caller) ?? 0) - 1;
        if (left > 0) open.set(caller, left);
        else open.delete(caller);
      });
    });
  }
  return {
    endIdle() {
      for (const socket of sockets) if (!calls.has(placeOf(socket))) socket.destroy();
    },
  };
}

function placeOf(socket: Pick<Socket, "remoteAddress" | "remotePort"> | undefined): string {
  return `${socket?.remoteAddress} ${socket?.remotePort}`;
}

/** grpc-js does not show what it listens with. */
function listeners(server: Server): readonly SocketServer[] {
  const kept: unknown = Reflect.get(server, "http2Servers");
  if (!(kept instanceof Map) || kept.size === 0) throw new Error("grpc-js keeps its servers elsewhere");
  return [...kept.keys()];
}
