import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { BINARY, type Life } from "../support/binary/life.ts";
import { ADMIN, type BinaryRig, createBinaryRig, USERS } from "../support/binary.ts";
import { RESET } from "../support/bot-api/faults.ts";
import type { FakeDownloader } from "../support/downloader.ts";
import { createStayingClient } from "../support/staying-client.ts";

/** The tables through which links pass, and which are empty afterwards. */
const PASSED = ["links", "attempts", "strays", "updates_in_work"];

/** Sockets, files and pipes of the process; Linux only, as the unit is. */
const descriptors = ({ pid }: Life) => readdirSync(`/proc/${pid}/fd`).length;

/** A link with trouble on all sides: another registration, a lost answer, a locked database, callers that talk nonsense. */
async function cycle(rig: BinaryRig, nth: number, of: { life: Life; nas: FakeDownloader }): Promise<void> {
  const { life, nas } = of;
  const ann = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  const address = await life.address();
  nas.closes();
  await nas.opens();
  await nas.register(address);
  await Promise.all(Array.from({ length: 10 }, () => babbles(Number(address.split(":")[1]))));

  rig.api.fail("sendMessage", RESET, { times: 1 });
  const stored = `https://youtube.com/watch?v=${nth}`;
  const first = ann.sends(stored);
  await nas.accepts(stored);
  await rig.api.gone(ann, first.message_id);
  nas.finish(stored);
  await rig.api.message(ann, ({ text }) => text.includes("is ready") && text.includes(`v=${nth}`));
  nas.forget(stored);

  const past = `https://vimeo.com/${nth}`;
  {
    using other = new Database(join(rig.folder, "dwld-bot.db"), { readwrite: true });
    other.run("PRAGMA busy_timeout = 5000");
    other.run("BEGIN IMMEDIATE");
    const second = ann.sends(past);
    await nas.accepts(past);
    await rig.api.message(ann, ({ byBot, text }) => byBot && text.includes(past) && text.includes("sent the link to"));
    other.run("ROLLBACK");
    await rig.api.gone(ann, second.message_id);
  }
  nas.finish(past);
  await rig.api.message(ann, ({ text }) => text.includes("is ready") && text.includes(`vimeo.com/${nth}`));
  nas.forget(past);
}

/** Says something that is not HTTP/2, and resolves once the bot has hung up. */
function babbles(port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  socket.on("error", () => resolve());
  socket.on("close", () => resolve());
  socket.resume();
  return promise;
}

/** The number of open descriptors, once it is down to `most` or was looked at a hundred times: closing may take a moment. */
async function settled(life: Life, most: number): Promise<number> {
  const { fields } = await life.logs("Serving links, health and metrics");
  const ask = { headers: { connection: "close" } };
  for (let asked = 0; asked < 100 && descriptors(life) > most; asked += 1)
    await fetch(`http://127.0.0.1:${fields.port}/healthz`, ask).then((answer) => answer.text());
  return descriptors(life);
}

test("links and faults again and again leave no descriptor open, no row in passing tables and no entry in the journal", async () => {
  await using rig = createBinaryRig();
  const life = await rig.start();
  const nas = await rig.downloader(life, { name: "nas" });
  const counts: number[] = [];
  for (let nth = 0; nth < 8; nth += 1) {
    await cycle(rig, nth, { life, nas });
    expect(PASSED.flatMap((table) => rig.rows(`select * from ${table}`))).toEqual([]);
    expect(statSync(join(rig.folder, "dwld-bot.db.direct"), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    counts.push(descriptors(life));
  }
  const first = Math.max(...counts.slice(0, 2));
  expect(await settled(life, first)).toBeLessThanOrEqual(first);
  expect(rig.rows("select name from downloaders")).toEqual([{ name: "nas" }]);
  expect(await life.stop()).toBe(0);
});

test("a fleet of 300 at one address registers over connections that stay open, and registers again", async () => {
  await using rig = createBinaryRig();
  const life = await rig.start();
  const address = await life.address();
  using kept = new DisposableStack();
  const name = (nth: number) => `server ${nth}`;
  for (let nth = 0; nth < 300; nth += 1) await kept.use(createStayingClient(address)).register(name(nth));
  for (let nth = 0; nth < 20; nth += 1) await kept.use(createStayingClient(address)).register(name(nth));
  expect(rig.rows("select count(*) as registered from downloaders")).toEqual([{ registered: 300 }]);
  expect(life.output).not.toContain("Too many connections");
  kept.dispose();
  expect(await life.stop()).toBe(0);
});

test("thousands of sockets from one machine neither end the bot nor keep another machine's downloader from registering", async () => {
  // Bun ends a process that has no descriptor left.
  const command = ["/bin/sh", "-c", 'ulimit -n 600; exec "$0" "$@"', BINARY];
  await using rig = createBinaryRig({ command });
  const admin = rig.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  const life = await rig.start();
  const port = Number((await life.address()).split(":")[1]);
  const kept = new Set<Socket>();
  for (let opened = 0; opened < 2_000; opened += 1) {
    const connected = Promise.withResolvers<void>();
    const socket = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }, connected.resolve);
    kept.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      connected.resolve();
      kept.delete(socket);
    });
    socket.resume();
    await connected.promise;
  }
  await life.logs("Too many connections: hanging up");
  await rig.api.message(admin, ({ text }) => text.includes("Too many connections from servers"));
  const nas = await rig.downloader(life, { name: "nas" });
  rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" }).sends("https://youtube.com/watch?v=1");
  await nas.accepts("https://youtube.com/watch?v=1");
  for (const socket of kept) socket.destroy();
  expect(await life.stop()).toBe(0);
});

test("thousands of sockets at the HTTP port keep no link from being sent", async () => {
  const command = ["/bin/sh", "-c", 'ulimit -n 600; exec "$0" "$@"', BINARY];
  await using rig = createBinaryRig({ command });
  const life = await rig.start();
  const nas = await rig.downloader(life, { name: "nas" });
  const { fields } = await life.logs("Serving links, health and metrics");
  const kept = new Set<Socket>();
  /** Connects again after being hung up on, for as long as the test keeps the socket. */
  const comes = (): Promise<void> => {
    const connected = Promise.withResolvers<void>();
    const socket = connect({ port: Number(fields.port), host: "127.0.0.1" }, () => {
      connected.resolve();
      socket.on("close", () => kept.delete(socket) && comes());
    });
    kept.add(socket);
    socket.on("error", () => connected.resolve());
    socket.resume();
    return connected.promise;
  };
  for (let opened = 0; opened < 1_500; opened += 1) await comes();
  await life.logs("Too many connections: closing all of them");
  rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" }).sends("https://youtube.com/watch?v=1");
  await nas.accepts("https://youtube.com/watch?v=1");
  for (const socket of kept) {
    kept.delete(socket);
    socket.destroy();
  }
  expect(await life.stop()).toBe(0);
});
