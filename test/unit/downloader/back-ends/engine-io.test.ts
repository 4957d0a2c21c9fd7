import { expect, test } from "bun:test";
import { holdOn } from "../../../../src/downloader/back-ends/engine-io.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";

const { signal } = new AbortController();

/** A program that sends this on connection and then nothing, like a machine without power. */
function serve(says: readonly string[]) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("", { status: 400 })),
    websocket: {
      sendPings: false,
      open(page) {
        for (const one of says) page.send(one);
      },
      message() {},
    },
  });
  return { base: server.url, [Symbol.asyncDispose]: () => server.stop(true) };
}

test("a program that stops pinging counts as gone, though the connection is not closed", async () => {
  await using program = serve(["0{}", "2"]);
  await holdOn({ base: program.base, silentMs: 50 }, signal);
});

test("a program that never sends anything counts as never connected", async () => {
  await using program = serve([]);
  const held = holdOn({ base: program.base, silentMs: 50 }, signal);
  expect(await held.catch((error) => error)).toBeInstanceOf(RemoteUnreachable);
});
