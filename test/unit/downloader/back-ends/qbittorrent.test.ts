import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createQbittorrent } from "../../../../src/downloader/back-ends/qbittorrent.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { ARIA2C, shareTorrent } from "../../../support/back-end/aria2.ts";
import { createHand, describeRemote } from "../../../support/back-end/promises.ts";
import { openQbittorrentWorld, QBITTORRENT, startQbittorrent } from "../../../support/back-end/qbittorrent.ts";
import { startFileServer } from "../../../support/file-server.ts";
import { startForwarder } from "../../../support/forwarder.ts";
import { reservePort } from "../../../support/reserved-port.ts";

const { signal } = new AbortController();
const BYTES = Buffer.alloc(300_000, "a film, and a long one ");
const HASH = "c".repeat(40);
const MAGNET = `magnet:?xt=urn:btih:${HASH}`;

describe.skipIf(QBITTORRENT === null || ARIA2C === null)("the real qBittorrent", () => {
  describeRemote(openQbittorrentWorld);

  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "dwld-qbittorrent-more-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  async function open() {
    const stack = new AsyncDisposableStack();
    const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
    const program = await startQbittorrent(join(home, "mine"), ports);
    stack.defer(program.kill);
    const told = async () => JSON.parse(await program.call("torrents/info")) as Record<string, unknown>[];
    return { program, told, hand: createHand(program), [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }
  const submission = (link: string) => ({ key: "00000000000000aa", link, folder: "ann", maxQuality: 720 });
  const failureOf = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => undefined,
      (error) => error,
    );
    expect(error).toBeInstanceOf(RemoteUnreachable);
    return { detail: error.detail, isHarmless: error.isHarmless };
  };

  test("lets a complete torrent seed on, without our tags, when it is forgotten", async () => {
    await using shared = await shareTorrent(home, { name: "Фильм.bin", bytes: BYTES });
    await using site = await startFileServer();
    site.serves("/film.torrent", { bytes: shared.torrent.file, type: "application/x-bittorrent" });
    await using world = await open();
    const one = await world.hand.submit(`${site.root}/film.torrent`, "ann");
    const done = await world.hand.until(one, ({ state }) => state === "done");
    expect(done).toMatchObject({ id: shared.torrent.hash, name: "Фильм.bin", currentSize: BYTES.length });
    await world.program.remote.cleanHistory(done.id, signal);
    expect(await world.hand.find(one)).toBeUndefined();
    expect(await world.told()).toMatchObject([{ hash: shared.torrent.hash, tags: "" }]);
    expect(JSON.parse(await world.program.call("torrents/tags"))).toEqual(["dwld-bot"]);
    expect(readFileSync(join(world.program.dir, "ann", "Фильм.bin"))).toEqual(BYTES);
  });

  test("deletes the parts of a removed torrent, but leaves one alone from which people removed our tag", async () => {
    await using shared = await shareTorrent(home, { name: "film.bin", bytes: BYTES });
    await shared.gives("20K");
    await using world = await open();
    const one = await world.hand.submit(shared.torrent.magnet, "ann");
    const { id } = await world.hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    await world.program.call("torrents/removeTags", { hashes: id, tags: "dwld-bot" });
    await world.program.remote.remove(id, signal);
    expect(await world.told()).toMatchObject([{ hash: id }]);
    await world.program.call("torrents/addTags", { hashes: id, tags: "dwld-bot" });
    await world.program.remote.remove(id, signal);
    while ((await world.told()).length > 0);
    while (readdirSync(join(world.program.dir, "ann")).length > 0);
  });

  test("says that a magnet is there already, however it is spelt; one with our tag is taken", async () => {
    await using world = await open();
    await world.program.call("torrents/add", { urls: MAGNET });
    // It is shown a moment later.
    while ((await world.told()).length === 0);
    const again = `magnet:?dn=Film&xt=urn:btih:${HASH.toUpperCase()}`;
    expect(await world.program.remote.submit(submission(again), signal)).toEqual({ kind: "is_there" });
    await world.program.call("torrents/addTags", { hashes: HASH, tags: "dwld-bot,dwld-bot-00000000000000aa" });
    expect(await world.program.remote.submit(submission(again), signal)).toEqual({ kind: "taken", id: HASH });
  });

  test("gives torrents the configured category and folder", async () => {
    await using world = await open();
    const { url, user, secret } = world.program;
    const settings = new Map([["category", "films"]]);
    const remote = createQbittorrent({ url, user, secret, dir: `${home}/elsewhere/`, settings });
    await remote.submit(submission(MAGNET), signal);
    expect(await world.told()).toMatchObject([
      { category: "films", save_path: `${home}/elsewhere/ann`, tags: "dwld-bot, dwld-bot-00000000000000aa" },
    ]);
  });

  test("tells why the files of a torrent cannot be written, which qBittorrent itself tells only in its log", async () => {
    await using shared = await shareTorrent(home, { name: "film.bin", bytes: BYTES });
    await using world = await open();
    const { url, user, secret } = world.program;
    // No folder can be created there, not even by root.
    const remote = createQbittorrent({ url, user, secret, dir: "/proc/films", settings: new Map() });
    const hand = createHand({ remote });
    const one = await hand.submit(shared.torrent.magnet, "ann");
    const { detail } = await hand.until(one, ({ state }) => state === "failed");
    expect(detail).toBe("No such file or directory (/proc/films/ann/film.bin)");
  });

  test("begins a magnet even if added torrents start paused", async () => {
    await using world = await open();
    await world.program.call("app/setPreferences", { json: JSON.stringify({ start_paused_enabled: true }) });
    await world.program.call("torrents/add", { urls: `magnet:?xt=urn:btih:${"d".repeat(40)}` });
    const one = await world.hand.submit(MAGNET, "ann");
    await world.hand.until(one, ({ state }) => state === "running");
    const theirs = (await world.told()).find(({ hash }) => hash !== HASH);
    expect(theirs).toMatchObject({ state: "pausedDL" });
  });

  test("says that it is called by a wrong port rather than with a wrong password", async () => {
    await using world = await open();
    const { url, user, secret } = world.program;
    // As if its port were mapped to another one, for example by Docker.
    using mapped = startForwarder({ leadsTo: Number(url.port) });
    const there = new URL(`http://127.0.0.1:${mapped.port}`);
    const remote = createQbittorrent({ url: there, user, secret, dir: undefined, settings: new Map() });
    const detail = "HTTP 401: it does not know this name or port of itself";
    const calls = [() => remote.health(signal), () => remote.submit(submission(MAGNET), signal)];
    for (const call of [...calls, ...calls]) expect(await failureOf(call())).toEqual({ detail, isHarmless: true });
    await world.program.call("app/setPreferences", {
      json: JSON.stringify({ web_ui_host_header_validation_enabled: false }),
    });
    expect(await remote.health(signal)).toMatch(/^qBittorrent v\d/);
  });

  test("reports a wrong password, which costs no link, and does not try it until it is banned", async () => {
    await using world = await open();
    const { url, user, remote } = world.program;
    const wrong = createQbittorrent({ url, user, secret: "wrong", dir: undefined, settings: new Map() });
    for (let call = 0; call < 8; call += 1) {
      const failure = await failureOf(wrong.submit(submission(MAGNET), signal));
      expect(failure).toEqual({ detail: expect.stringContaining("password is wrong"), isHarmless: true });
    }
    const none = createQbittorrent({ url, user, secret: undefined, dir: undefined, settings: new Map() });
    expect(await failureOf(none.health(signal))).toEqual({ detail: "it asks for a password", isHarmless: true });
    const right = createQbittorrent({ url, user, secret: world.program.secret, dir: undefined, settings: new Map() });
    expect(await right.health(signal)).toMatch(/^qBittorrent v\d/);
    expect(await remote.list([], signal)).toMatchObject({ entries: new Map() });
  });
});
