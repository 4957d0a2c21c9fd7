import { expect, test } from "bun:test";
import * as v from "valibot";
import { createSession } from "../../../../src/downloader/back-ends/qbittorrent-session.ts";

const { signal } = new AbortController();

/** A log as 4.4 to 5.1 tell it, which begins anew with each start. */
function createLog() {
  const asked: string[] = [];
  let messages: { id: number; message: string; timestamp: number }[] = [];
  const says = (message: string, timestamp: number) => messages.push({ id: messages.length, message, timestamp });
  const sessionOf = createSession({
    ask: async () => ({ status: 404, text: "Not Found", headers: new Headers() }),
    async get(path, schema) {
      asked.push(path);
      const after = Number(/^log\/main\?last_known_id=(-?\d+)$/.exec(path)?.[1]);
      return v.parse(
        schema,
        messages.filter(({ id }) => id > after),
      );
    },
  });
  return {
    says,
    asked,
    restarts(timestamp: number) {
      messages = [];
      says("qBittorrent v4.5.2 started", timestamp);
    },
    /** As it happens when there are very many messages. */
    losesOldest: () => void messages.shift(),
    session: () => sessionOf(signal),
  };
}

test("a run of qBittorrent is the same one as long as its log goes on", async () => {
  const log = createLog();
  log.restarts(100);
  const first = await log.session();
  log.says("Added new torrent", 101);
  expect(await log.session()).toBe(first);
  log.says("Added new torrent", 102);
  log.losesOldest();
  expect(await log.session()).toBe(first);
  expect(log.asked).toEqual([-1, -1, 0].map((id) => `log/main?last_known_id=${id}`));
});

test.each([0, 5])("a run of qBittorrent is another one after a restart, with %d messages since", async (more) => {
  const log = createLog();
  log.restarts(100);
  log.says("Added new torrent", 101);
  const first = await log.session();
  log.restarts(200);
  for (let nth = 0; nth < more; nth += 1) log.says("Added new torrent", 201);
  const second = await log.session();
  expect(second).not.toBe(first);
  expect(await log.session()).toBe(second);
});

test("an empty log identifies no run", async () => {
  expect(await createLog().session()).toBeUndefined();
});
