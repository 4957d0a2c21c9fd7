import type { Server, ServerCredentials } from "@grpc/grpc-js";
import { type Address, spellAddress } from "../domain/downloader.ts";
import { codeIn, ListenError, type Listener } from "../domain/listening.ts";
import { sessionsOf } from "./http2-listeners.ts";

/** Makes a server listen for somebody, and resolves with its port: port 0 takes any free one. Rejects with `ListenError`. */
export function listen(
  server: Server,
  { listener, address, credentials }: { listener: Listener; address: Address; credentials: ServerCredentials },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync(spellAddress(address), credentials, (error, bound) => {
    if (error === null) return resolve(bound);
    reject(new ListenError(listener, address, { code: codeIn(error.message), why: error.message, cause: error }));
  });
  return promise;
}

/** Takes no more calls, gives those in progress this long to end, and cuts off the rest. Never rejects. */
export function shutDown(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const connections = sessionsOf(server);
  const timer = setTimeout(() => {
    server.forceShutdown();
    // Without channelz it forgets them, and callers would wait for their answers until the process ends.
    for (const sessions of connections) for (const session of sessions) session.destroy();
    resolve();
  }, graceMs);
  server.tryShutdown(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
