import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { createTransmission } from "../../../../src/downloader/back-ends/transmission.ts";
import { nextSecond } from "../../../support/back-end/next-second.ts";
import { createHand, describeRemote } from "../../../support/back-end/promises.ts";
import {
  openTorrentSite,
  openTransmissionWorld,
  startTransmission,
  TRANSMISSION,
} from "../../../support/back-end/transmission.ts";
import { reservePort } from "../../../support/reserved-port.ts";

const { signal } = new AbortController();
const BYTES = Buffer.alloc(300_000, "a film, and a long one ");
const HASH = "c".repeat(40);
const MAGNET = `magnet:?xt=urn:btih:${HASH}`;
const KEY = "00000000000000aa";
const OURS = ["dwld-bot", `dwld-bot-${KEY}`];

describe.skipIf(TRANSMISSION === null)("the real Transmission", () => {
  describeRemote(openTransmissionWorld);

  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "dwld-transmission-more-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  async function open(settings: Readonly<Record<string, unknown>> = {}) {
    const stack = new AsyncDisposableStack();
    const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
    const { shares } = stack.use(await openTorrentSite());
    let program = await startTransmission(join(home, "mine"), { ...ports, settings });
    stack.defer(() => program.kill());
    return {
      get program() {
        return program;
      },
      shares,
      hand: createHand(program),
      async restart() {
        await program.kill();
        await nextSecond();
        program = await startTransmission(join(home, "mine"), { ...ports, settings });
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  }
  const submission = (link: string) => ({ key: KEY, link, folder: "ann", maxQuality: 720 });
  const failureOf = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => undefined,
      (error) => error,
    );
    expect(error).toBeInstanceOf(RemoteUnreachable);
    return { detail: error.detail, isHarmless: error.isHarmless };
  };

  test("lets a complete torrent seed on, without our labels, when it is forgotten", async () => {
    await using world = await open();
    const torrent = world.shares({ name: "Фильм.bin", bytes: BYTES });
    const one = await world.hand.submit(torrent.link, "ann");
    const done = await world.hand.until(one, ({ state }) => state === "done");
    expect(done).toMatchObject({ id: torrent.hash, name: "Фильм.bin", currentSize: BYTES.length });
    const [{ labels = [] } = {}] = await world.program.torrents("labels");
    await world.program.call("torrent-set", { ids: [torrent.hash], labels: [...(labels as string[]), "theirs"] });
    await world.program.remote.cleanHistory(done.id, signal);
    expect(await world.hand.find(one)).toBeUndefined();
    expect(await world.program.torrents("hashString", "labels", "status")).toEqual([
      { hashString: torrent.hash, labels: ["theirs"], status: 6 },
    ]);
    expect(readFileSync(join(world.program.dir, "ann", "Фильм.bin"))).toEqual(BYTES);
  });

  test("deletes the parts of a removed torrent, but leaves one alone from which people removed our label", async () => {
    await using world = await open();
    const { link, hash: id } = world.shares({ name: "film.bin", bytes: BYTES, waitsAfter: 0 });
    mkdirSync(join(world.program.dir, "ann"));
    writeFileSync(join(world.program.dir, "ann/film.bin"), BYTES.subarray(0, BYTES.length / 2));
    const one = await world.hand.submit(link, "ann");
    await world.hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    await world.program.call("torrent-set", { ids: [id], labels: [`dwld-bot-${one.key}`] });
    await world.program.remote.remove(id, signal);
    expect(await world.program.torrents("hashString")).toEqual([{ hashString: id }]);
    await world.program.call("torrent-set", { ids: [id], labels: ["dwld-bot"] });
    await world.program.remote.remove(id, signal);
    while ((await world.program.torrents("id")).length > 0);
    while (readdirSync(world.program.dir, { recursive: true, withFileTypes: true }).some((found) => found.isFile()));
  });

  test("says that a magnet is there already, however it is spelt; one with our labels is taken", async () => {
    await using world = await open();
    const { call, remote } = world.program;
    await call("torrent-add", { filename: MAGNET });
    const again = submission(`magnet:?dn=Film&xt=urn:btih:${HASH.toUpperCase()}`);
    expect(await remote.submit(again, signal)).toEqual({ kind: "is_there" });
    await call("torrent-set", { ids: [HASH], labels: OURS });
    expect(await remote.submit(again, signal)).toEqual({ kind: "taken", id: HASH });
    // For another entry of ours, whatever became of an earlier call.
    const other = { ...again, key: "00000000000000bb", mayBeThere: true };
    expect(await remote.submit(other, signal)).toEqual({ kind: "is_there" });
  });

  test("gives torrents the configured label and folder, and begins them even if added torrents do not start", async () => {
    await using world = await open({ "start-added-torrents": false });
    const { url, user, secret, torrents } = world.program;
    const settings = new Map([["label", "films"]]);
    const remote = createTransmission({ url, user, secret, dir: `${home}/elsewhere/`, settings });
    await remote.submit(submission(MAGNET), signal);
    await world.program.call("torrent-add", { filename: MAGNET.replaceAll("c", "d") });
    expect(await torrents("labels", "downloadDir")).toMatchObject([
      { labels: [...OURS, "films"], downloadDir: `${home}/elsewhere/ann` },
      { labels: [], downloadDir: world.program.dir },
    ]);
    const asked = { key: KEY, link: MAGNET, sentAt: 0, remoteId: HASH };
    await world.hand.until(asked, ({ state }) => state === "running");
    // A new torrent is checked for a moment.
    while ((await torrents("status"))[1]?.status !== 0);
  });

  test("is told label and folder again after a kill that came before they were saved", async () => {
    await using world = await open();
    const torrent = world.shares({ name: "film.bin", bytes: BYTES, waitsAfter: 1_000 });
    const asked = { key: KEY, link: torrent.link, sentAt: 0, remoteId: torrent.hash };
    await world.program.remote.submit(submission(torrent.link), signal);
    const before = await world.program.remote.list([asked], signal);
    expect(before.entries.has(KEY)).toBe(true);
    await world.restart();
    const { remote, torrents, dir } = world.program;
    while ((await torrents("id")).length === 0);
    expect(await torrents("labels", "downloadDir")).toEqual([{ labels: [], downloadDir: dir }]);
    const after = await remote.list([asked], signal);
    expect([after.entries.size, after.start === before.start]).toEqual([0, false]);
    torrent.goesOn();
    expect(await remote.submit({ ...submission(torrent.link), mayBeThere: true }, signal)).toEqual({
      kind: "taken",
      id: torrent.hash,
    });
    await world.hand.until(asked, ({ state }) => state === "done");
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((found) => found.isFile());
    expect(files.map(({ name, parentPath }) => join(parentPath, name))).toEqual([join(dir, "ann/film.bin")]);
    expect(readFileSync(join(dir, "ann/film.bin"))).toEqual(BYTES);
  });

  test("resumes a torrent that was stopped when Transmission was killed, but not one that people stop later", async () => {
    await using world = await open();
    const asked = { key: KEY, link: MAGNET, sentAt: 0, remoteId: HASH };
    await world.program.remote.submit(submission(MAGNET), signal);
    // As 3.00 does by itself when it learns a magnet's files; this it saves at once, with the labels.
    await world.hand.until(asked, ({ state }) => state === "running");
    await world.program.call("torrent-stop", { ids: [HASH] });
    await world.hand.until(asked, ({ state }) => state === "waiting");
    await world.restart();
    await world.hand.until(asked, ({ state }) => state === "running");
    await world.program.call("torrent-stop", { ids: [HASH] });
    for (let look = 0; look < 3; look += 1) await world.hand.until(asked, ({ state }) => state === "waiting");
    expect(await world.program.torrents("status")).toEqual([{ status: 0 }]);
  });

  test("calls a download in the incomplete folder done only when it lies in its own folder", async () => {
    await using world = await open({ "incomplete-dir-enabled": true, "incomplete-dir": join(home, "incomplete") });
    const { link } = world.shares({ name: "film.bin", bytes: BYTES });
    await world.hand.until(await world.hand.submit(link, "ann"), ({ state }) => state === "done");
    expect(readFileSync(join(world.program.dir, "ann/film.bin"))).toEqual(BYTES);
  });

  test("reports a wrong or missing password, which costs no link, and does not try it until it is banned", async () => {
    await using world = await open();
    const { url, user, secret, remote } = world.program;
    const login = { url, user, dir: undefined, settings: new Map<string, string>() };
    const cases = [
      [createTransmission({ ...login, secret: "wrong" }), "the name or the password is wrong"],
      [createTransmission({ ...login, user: undefined, secret: undefined }), "it asks for a password"],
    ] as const;
    for (const [shut, why] of cases)
      for (let call = 0; call < 60; call += 1)
        expect(await failureOf(shut.submit(submission(MAGNET), signal))).toEqual({
          detail: expect.stringContaining(why),
          isHarmless: true,
        });
    expect(await createTransmission({ ...login, secret }).health(signal)).toMatch(/^Transmission \d+\.\d/);
    expect(await remote.list([], signal)).toMatchObject({ entries: new Map() });
  });
});
