import { wait as realWait, type Wait } from "../../domain/wait.ts";
import { harmless } from "./answers.ts";

/** The version of the protocol that all MeTubes since 2021 use. */
const PATH = "socket.io/?EIO=4&transport=websocket";
const PING = "2";
const PONG = "3";
/** It pings every 25 seconds, and gives up a client that has not answered 20 seconds later. */
const SILENT_MS = 60_000;

/**
 * Holds a connection to a program, as its page does when open in a browser, by Engine.IO, and subscribes to nothing: it gets only pings.
 * Resolves when that ends, as it does when the program is killed, or with the signal; rejects with `RemoteUnreachable` if it cannot be
 * made. A machine that loses power, or a cable that is pulled, closes nothing: silence counts as an end, too.
 */
export async function holdOn(
  of: { readonly base: URL; readonly headers?: Readonly<Record<string, string>>; readonly wait?: Wait },
  signal: AbortSignal,
): Promise<void> {
  const { base, headers = {}, wait = realWait } = of;
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
  let heard = new AbortController();
  const listen = () => {
    heard.abort();
    heard = new AbortController();
    const silence = heard.signal;
    void wait(SILENT_MS, silence).then(() => silence.aborted || socket.terminate());
  };
  listen();
  signal.addEventListener("abort", leave);
  socket.addEventListener("message", ({ data }) => {
    hasBegun = true;
    listen();
    if (data === PING) socket.send(PONG);
  });
  socket.addEventListener("close", () => {
    if (hasBegun) resolve();
    else reject(harmless("no WebSocket"));
  });
  try {
    await promise;
  } finally {
    heard.abort();
    signal.removeEventListener("abort", leave);
  }
}
