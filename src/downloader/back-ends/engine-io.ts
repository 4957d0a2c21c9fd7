import { RemoteUnreachable } from "./remote.ts";

/** The version of the protocol, as all MeTubes since 2021 speak it. */
const PATH = "socket.io/?EIO=4&transport=websocket";
const PING = "2";
const PONG = "3";

/**
 * Holds on to a program as a page of it does that is open in a browser, by Engine.IO, and joins nothing there: it hears nothing but
 * pings. Resolves when that ends, as it does when the program is killed, or with the signal; rejects with `RemoteUnreachable` where
 * it does not begin.
 */
export async function holdOn(
  { base, headers = {} }: { readonly base: URL; readonly headers?: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const url = new URL(PATH, base.href.endsWith("/") ? base : `${base.href}/`);
  url.protocol = base.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, { headers });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let hasBegun = false;
  const leave = () => {
    socket.close();
    resolve();
  };
  signal.addEventListener("abort", leave);
  socket.addEventListener("message", ({ data }) => {
    hasBegun = true;
    if (data === PING) socket.send(PONG);
  });
  socket.addEventListener("close", () => {
    if (hasBegun) resolve();
    else reject(new RemoteUnreachable("no WebSocket", { isHarmless: true }));
  });
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
