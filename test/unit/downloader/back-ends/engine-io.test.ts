import { expect, test } from "bun:test";
import { holdOn } from "../../../../src/downloader/back-ends/engine-io.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createClock } from "../../../support/clock.ts";

const { signal } = new AbortController();

const SILENT_MS = 60_000;

/** A program that sends this on connection and then nothing, like a machine without power. */
function serve(says: readonly string[]) {
  const opened = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("", { status: 400 })),
    websocket: {
      sendPings: false,
      open(page) {
        for (const one of says) page.send(one);
        opened.resolve();
      },
      message: () => answered.resolve(),
    },
  });
  return {
    base: server.url,
    opened: opened.promise,
    answered: answered.promise,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

test("a program that stops pinging counts as gone, though the connection is not closed", async () => {
  await using program = serve(["0{}", "2"]);
  const clock = createClock();
  const held = holdOn({ base: program.base, wait: clock.wait }, signal);
  await program.answered;
  clock.advance(SILENT_MS);
  await held;
});

test("a program that never sends anything counts as never connected", async () => {
  await using program = serve([]);
  const clock = createClock();
  const held = holdOn({ base: program.base, wait: clock.wait }, signal).catch((error) => error);
  await program.opened;
  clock.advance(SILENT_MS);
  expect(await held).toBeInstanceOf(RemoteUnreachable);
});
