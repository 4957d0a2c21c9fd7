import { expect, test } from "bun:test";
import { holdOn } from "../../../../src/downloader/back-ends/engine-io.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createClock } from "../../../support/clock.ts";
import { createWatch } from "../../../support/watch.ts";

const { signal } = new AbortController();

const SILENT_MS = 60_000;

/** A program that sends this on connection and then nothing, like a machine without power, unless the test has it ping. */
function serve(says: readonly string[]) {
  const watch = createWatch();
  const pages: Bun.ServerWebSocket<undefined>[] = [];
  let answers = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("", { status: 400 })),
    websocket: {
      sendPings: false,
      open(page: Bun.ServerWebSocket<undefined>) {
        for (const one of says) page.send(one);
        pages.push(page);
        watch.changed();
      },
      message() {
        answers += 1;
        watch.changed();
      },
    },
  });
  return {
    base: server.url,
    pings: () => pages.forEach((page) => void page.send("2")),
    opened: () => watch.until(() => pages[0], { what: "a connection", seen: () => "There was none" }),
    answered: (times: number) =>
      watch.until(() => answers >= times || undefined, {
        what: `answer ${times}`,
        seen: () => `There were ${answers}`,
      }),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

test("a program that stops pinging counts as gone, though the connection is not closed", async () => {
  await using program = serve(["0{}", "2"]);
  const clock = createClock();
  const held = holdOn({ base: program.base, wait: clock.wait }, signal);
  await program.answered(1);
  clock.advance(SILENT_MS - 1);
  program.pings();
  await program.answered(2);
  clock.advance(SILENT_MS - 1);
  program.pings();
  await program.answered(3);
  clock.advance(SILENT_MS);
  await held;
});

test("a program that never sends anything counts as never connected", async () => {
  await using program = serve([]);
  const clock = createClock();
  const held = holdOn({ base: program.base, wait: clock.wait }, signal).catch((error) => error);
  await program.opened();
  clock.advance(SILENT_MS);
  expect(await held).toBeInstanceOf(RemoteUnreachable);
});
