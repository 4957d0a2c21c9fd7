import type { Server as SocketServer } from "node:net";
import type { Server } from "@grpc/grpc-js";
import type { Log } from "../domain/log.ts";

/** How many connections callers may hold open. */
export interface ConnectionLimit {
  readonly inAll: number;
  readonly fromOneAddress: number;
  /** How long one that the server has ended may stay half open, in ms. */
  readonly goodbyeMs: number;
}

/**
 * Hangs up at once on whoever would be one too many, so that strangers cannot use up the process's descriptors: Bun ends a
 * process that has none left (runtime.md §4.2). To be called once the server listens. Throws when grpc-js keeps its servers elsewhere.
 */
export function limitConnections(
  server: Server,
  { inAll, fromOneAddress, goodbyeMs }: ConnectionLimit,
  log: Log,
): void {
  const open = new Map<string, number>();
  let all = 0;
  for (const sockets of listeners(server)) {
    sockets.prependListener("connection", (socket) => {
      const { remoteAddress: caller = "" } = socket;
      const held = open.get(caller) ?? 0;
      if (all >= inAll || held >= fromOneAddress) {
        log.warn("Too many connections of downloaders: hanging up", { caller, open: all });
        socket.destroy();
        return;
      }
      all += 1;
      open.set(caller, held + 1);
      // Whoever is stopped never says goodbye, and would keep its place for as long.
      socket.once("finish", () => {
        const giveUp = setTimeout(() => socket.destroy(), goodbyeMs);
        socket.once("close", () => clearTimeout(giveUp));
      });
      socket.once("close", () => {
        all -= 1;
        const left = (open.get(caller) ?? 0) - 1;
        if (left > 0) open.set(caller, left);
        else open.delete(caller);
      });
    });
  }
}

/** grpc-js does not show what it listens with. */
function listeners(server: Server): readonly SocketServer[] {
  const kept: unknown = Reflect.get(server, "http2Servers");
  if (!(kept instanceof Map) || kept.size === 0) throw new Error("grpc-js keeps its servers elsewhere");
  return [...kept.keys()];
}
