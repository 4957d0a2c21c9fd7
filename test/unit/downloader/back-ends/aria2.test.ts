import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAria2 } from "../../../../src/downloader/back-ends/aria2.ts";
import { RemoteUnreachable } from "../../../../src/downloader/back-ends/remote.ts";
import { ARIA2C, openAria2World, shareTorrent, startAria2 } from "../../../support/back-end/aria2.ts";
import { createHand, describeRemote } from "../../../support/back-end/promises.ts";
import { startFileServer } from "../../../support/file-server.ts";
import { reservePort } from "../../../support/reserved-port.ts";

const { signal } = new AbortController();
const BYTES = Buffer.alloc(300_000, "a film, and a long one ");

describe.skipIf(ARIA2C === null)("the real aria2", () => {
  describeRemote(openAria2World);

  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "dwld-aria2-more-"));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  async function open(name: string, options: readonly string[] = []) {
    const stack = new AsyncDisposableStack();
    const aria2 = await startAria2(join(home, name), { port: stack.use(reservePort()).port, options });
    stack.defer(aria2.kill);
    const site = stack.use(await startFileServer());
    return { aria2, site, hand: createHand(aria2), [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test("shows a magnet as one entry from its hash to its complete file, under the torrent's name", async () => {
    await using world = await open("magnet");
    await using shared = await shareTorrent(home, { name: "Фильм.bin", bytes: BYTES });
    const one = await world.hand.submit(shared.torrent.magnet, "ann");
    const names = new Set<string | undefined>();
    const done = await world.hand.until(one, ({ id, name, state, totalSize }) => {
      names.add(name);
      expect(id).toBe(one.key);
      // The torrent's description is no download of that many bytes.
      expect([undefined, BYTES.length]).toContain(totalSize);
      return state === "done";
    });
    expect(done).toMatchObject({ name: "Фильм.bin", currentSize: BYTES.length });
    expect([...names]).toEqual(["Фильм.bin"]);
    expect(readFileSync(join(world.aria2.dir, "ann", "Фильм.bin"))).toEqual(BYTES);
    await world.aria2.remote.cleanHistory(one.key, signal);
    expect(await world.hand.find(one)).toBeUndefined();
    expect(readdirSync(join(world.aria2.dir, "ann"))).toEqual(["Фильм.bin"]);
  });

  test("shows that a complete torrent seeds, as long as it does", async () => {
    await using world = await open("seeds", ["--seed-time=60", "--seed-ratio=0.0"]);
    await using shared = await shareTorrent(home, { name: "seeds.bin", bytes: BYTES });
    const one = await world.hand.submit(shared.torrent.magnet, "ann");
    const { id } = await world.hand.until(one, ({ state }) => state === "done");
    const entry = await world.hand.find(one);
    expect(entry).toMatchObject({ state: "done", staysOn: true });
    for (const { gid } of (await world.aria2.call("aria2.tellActive")) as { gid: string }[])
      await world.aria2.call("aria2.changeOption", gid, { "seed-time": "0" });
    await world.hand.until(one, ({ staysOn }) => staysOn !== true);
    await world.aria2.remote.cleanHistory(id, signal);
    expect(await world.hand.find(one)).toBeUndefined();
  });

  test("removes a complete torrent that people have paused without deleting its files", async () => {
    await using world = await open("paused", ["--seed-time=60", "--seed-ratio=0.0"]);
    await using shared = await shareTorrent(home, { name: "kept.bin", bytes: BYTES });
    const { aria2, hand } = world;
    const one = await hand.submit(shared.torrent.magnet, "ann");
    await hand.until(one, ({ state }) => state === "done");
    for (const { gid } of (await aria2.call("aria2.tellActive")) as { gid: string }[])
      await aria2.call("aria2.forcePause", gid);
    await hand.until(one, ({ state }) => state === "waiting");
    // Its control file is still there, as for an incomplete download.
    expect(readdirSync(join(aria2.dir, "ann")).sort()).toEqual(["kept.bin", "kept.bin.aria2"]);
    await aria2.remote.remove(one.key, signal);
    await hand.until(one, ({ state }) => state === "failed");
    await aria2.remote.cleanHistory(one.key, signal);
    expect(await hand.find(one)).toBeUndefined();
    expect(readFileSync(join(aria2.dir, "ann", "kept.bin"))).toEqual(BYTES);
  });

  test("downloads the files of a torrent file's address", async () => {
    await using world = await open("torrent");
    await using shared = await shareTorrent(home, { name: "film.bin", bytes: BYTES });
    world.site.serves("/film.torrent", { bytes: shared.torrent.file, type: "application/x-bittorrent" });
    const one = await world.hand.submit(`${world.site.root}/film.torrent`, "ann");
    expect(await world.hand.until(one, ({ state }) => state === "done")).toMatchObject({ name: "film.bin" });
    expect(readFileSync(join(world.aria2.dir, "ann", "film.bin"))).toEqual(BYTES);
  });

  test("begins a magnet even if it is set to pause those of people", async () => {
    await using world = await open("waits", ["--pause-metadata=true"]);
    await using shared = await shareTorrent(home, { name: "begins.bin", bytes: BYTES });
    const one = await world.hand.submit(shared.torrent.magnet, "ann");
    await world.hand.until(one, ({ state }) => state === "done");
  });

  test("stores a page that is only named like a torrent as a file, in the right folder", async () => {
    await using world = await open("no torrent");
    world.site.serves("/page.torrent", { bytes: Buffer.from("<html>"), type: "application/x-bittorrent" });
    const one = await world.hand.submit(`${world.site.root}/page.torrent`, "ann");
    await world.hand.until(one, ({ state }) => state === "done");
    expect(readdirSync(join(world.aria2.dir, "ann"))).toEqual(["page.torrent"]);
  });

  test("deletes the parts of a removed download, and nothing else", async () => {
    await using world = await open("parts");
    const { site, hand, aria2 } = world;
    site.serves("/film.bin", { bytes: BYTES, etag: '"1"', waitsAfter: 100_000 });
    mkdirSync(join(aria2.dir, "ann"));
    writeFileSync(join(aria2.dir, "ann", "film.bin"), "of ann herself");
    const one = await hand.submit(`${site.root}/film.bin`, "ann");
    await hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    expect(readdirSync(join(aria2.dir, "ann")).sort()).toEqual(["film.1.bin", "film.1.bin.aria2", "film.bin"]);
    await aria2.remote.remove(one.key, signal);
    await hand.until(one, ({ state }) => state === "failed");
    await aria2.remote.cleanHistory(one.key, signal);
    expect(readdirSync(join(aria2.dir, "ann"))).toEqual(["film.bin"]);
  });

  test("does not bring a removed download back after a kill", async () => {
    using reserved = reservePort();
    await using site = await startFileServer();
    site.serves("/film.bin", { bytes: BYTES, etag: '"1"', waitsAfter: 100_000 });
    const start = () => startAria2(join(home, "saved"), { ...reserved, options: ["--save-session-interval=0"] });
    const aria2 = await start();
    const hand = createHand(aria2);
    const one = await hand.submit(`${site.root}/film.bin`, "ann");
    await hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    await aria2.call("aria2.saveSession");
    await aria2.remote.remove(one.key, signal);
    await hand.until(one, ({ state }) => state === "failed");
    await aria2.remote.cleanHistory(one.key, signal);
    await aria2.kill();
    const next = await start();
    const found = await createHand(next).find(one);
    await next.kill();
    expect(found).toBeUndefined();
  });

  test("reports that a file is in the way when a kill lost a magnet's control file, and continues it on request", async () => {
    using reserved = reservePort();
    await using shared = await shareTorrent(home, { name: "notes.bin", bytes: BYTES });
    await shared.gives("20K");
    const start = () => startAria2(join(home, "notes"), reserved);
    const aria2 = await start();
    const path = join(aria2.dir, "ann", "notes.bin");
    const hand = createHand(aria2);
    const one = await hand.submit(shared.torrent.magnet, "ann");
    await hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    await aria2.call("aria2.saveSession");
    await aria2.kill();
    rmSync(`${path}.aria2`, { force: true });
    const next = await start();
    const found = await createHand(next).until(one, ({ state }) => state === "failed");
    await shared.gives("0");
    await next.remote.cleanHistory(one.key, signal);
    await next.remote.submit({ ...one, folder: "ann", maxQuality: 720, isBegun: true }, signal);
    await createHand(next).until(one, ({ state }) => state === "done");
    await next.kill();
    expect(found.isInTheWay).toBe(true);
    expect(readFileSync(path)).toEqual(BYTES);
  });

  test("does not continue a failed link's part under another link of the same file name", async () => {
    await using world = await open("names");
    const { site, hand, aria2 } = world;
    const other = Buffer.alloc(BYTES.length, "of another site");
    site.serves("/a/film.bin", { bytes: BYTES, etag: '"1"', waitsAfter: 100_000 });
    site.serves("/b/film.bin", { bytes: other, etag: '"2"' });
    const one = await hand.submit(`${site.root}/a/film.bin`, "ann");
    await hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    await aria2.call("aria2.forceRemove", one.key);
    expect(await hand.until(one, ({ state }) => state === "failed")).toMatchObject({ detail: "removed" });
    await aria2.remote.cleanParts?.([one.key], signal);
    expect(await hand.find(one)).toMatchObject({ state: "failed" });
    const next = await hand.submit(`${site.root}/b/film.bin`, "ann");
    await hand.until(next, ({ state }) => state === "done");
    expect(readFileSync(join(aria2.dir, "ann", "film.bin"))).toEqual(other);
  });

  test("leaves no half of a file of unknown size under the complete file's name", async () => {
    await using world = await open("sizes");
    const { site, hand, aria2 } = world;
    const files = () => readdirSync(join(aria2.dir, "ann")).sort();
    site.serves("/a/film.bin", { bytes: BYTES, tellsNoLength: true });
    const whole = await hand.submit(`${site.root}/a/film.bin`, "ann");
    await hand.until(whole, ({ state }) => state === "done");
    site.serves("/b/film.bin", { bytes: BYTES, tellsNoLength: true, waitsAfter: 100_000 });
    const half = await hand.submit(`${site.root}/b/film.bin`, "ann");
    await hand.until(half, () => files().length === 2);
    site.breaks();
    await hand.until(half, ({ state }) => state === "failed");
    await aria2.remote.cleanParts?.([half.key], signal);
    expect(files()).toEqual(["film.bin"]);
    expect(readFileSync(join(aria2.dir, "ann", "film.bin"))).toEqual(BYTES);
  });

  test("reports a torrent that it already has in its own words", async () => {
    await using world = await open("twice");
    const magnet = `magnet:?xt=urn:btih:${"0".repeat(40)}`;
    await world.aria2.call("aria2.addUri", [magnet]);
    const one = await world.hand.submit(magnet, "ann");
    const { detail } = await world.hand.until(one, ({ state }) => state === "failed");
    expect(detail).toContain("already registered");
  });

  test("keeps a torrent's parts when a duplicate of it is removed", async () => {
    await using world = await open("of another");
    const { aria2, hand, site } = world;
    await using shared = await shareTorrent(home, { name: "shared.bin", bytes: BYTES });
    await shared.gives("20K");
    site.serves("/shared.torrent", { bytes: shared.torrent.file, type: "application/x-bittorrent" });
    const one = await hand.submit(shared.torrent.magnet, "ann");
    await hand.until(one, ({ currentSize = 0 }) => currentSize > 0);
    const again = await hand.submit(`${site.root}/shared.torrent`, "ann");
    const { detail } = await hand.until(again, ({ state }) => state === "failed");
    expect(detail).toContain("already registered");
    await aria2.remote.cleanHistory(again.key, signal);
    expect(await hand.find(again)).toBeUndefined();
    expect(readdirSync(join(aria2.dir, "ann"))).toEqual(expect.arrayContaining(["shared.bin", "shared.bin.aria2"]));
  });

  test("reports a wrong secret, which costs no link", async () => {
    await using world = await open("secret");
    const { url } = world.aria2;
    const stranger = createAria2({ url, user: undefined, secret: undefined, dir: undefined, settings: new Map() });
    const one = { key: "00000000000000aa", link: "http://a.example/1", sentAt: null, remoteId: null };
    const calls = [
      () => stranger.submit({ ...one, folder: "ann", maxQuality: 720 }, signal),
      () => stranger.list([one], signal),
      () => stranger.remove(one.key, signal),
    ];
    for (const call of calls) {
      const error = await call().catch((error) => error);
      expect(error).toBeInstanceOf(RemoteUnreachable);
      expect(error).toMatchObject({ detail: "Unauthorized", isHarmless: true });
    }
  });

  test("lists its entries among thousands of links in a few requests", async () => {
    await using world = await open("many");
    const asked = Array.from({ length: 1_200 }, (_, nth) => world.hand.made(`${world.site.root}/${nth}`));
    const one = await world.hand.submit(`${world.site.root}/missing`);
    await world.hand.until(one, ({ state }) => state === "failed");
    const { entries } = await world.aria2.remote.list([...asked, one], signal);
    expect([...entries.keys()]).toEqual([one.key]);
  });
});
