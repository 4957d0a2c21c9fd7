import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WrittenOptions } from "../../src/downloader/options.ts";
import { ARIA2C, shareTorrent } from "../support/back-end/aria2.ts";
import { ann, expectConformance, isThere, PERCENT, says, startBot, startNamed } from "../support/back-end/bridged.ts";
import { QBITTORRENT, startQbittorrent } from "../support/back-end/qbittorrent.ts";
import { startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

const FILM = Buffer.from("a film, ".repeat(250_000));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "dwld-qbittorrent-e2e-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A qBittorrent and a downloader in front of it, as its command starts it. */
async function startBridge(app: { readonly address: string }, written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  let program = await startQbittorrent(join(home, "qbittorrent"), ports);
  stack.defer(() => program.kill());
  /** Restarts qBittorrent without the downloads that it had. */
  const forgetsAll = async () => {
    await program.kill();
    rmSync(join(home, "qbittorrent/qBittorrent/data/BT_backup"), { recursive: true });
    program = await startQbittorrent(join(home, "qbittorrent"), ports);
  };
  const own = { backend: "qbittorrent", "backend-url": program.url.href, "backend-user": program.user, ...written };
  const bridge = stack.use(
    await startNamed("torrents", { home, bot: app.address, written: own, secret: program.secret }),
  );
  return { program, bridge, forgetsAll, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The bot, with the downloader registered. */
async function startBoth(written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const app = stack.use(await startBot());
  const bridged = stack.use(await startBridge(app, written));
  await isThere(app, "torrents");
  return { app, ann: ann(app), ...bridged, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe.skipIf(QBITTORRENT === null || ARIA2C === null)("a downloader in front of qBittorrent", () => {
  test("shows the progress of a magnet sent in the chat, and turns it into its file, under the torrent's name", async () => {
    await using shared = await shareTorrent(home, { name: "Фильм.bin", bytes: FILM });
    await shared.gives("40K");
    await using world = await startBoth();
    world.ann.sends(shared.torrent.magnet);
    expect((await says(world.app, PERCENT)).text).toContain("Фильм.bin");
    await shared.gives("0");
    expect((await says(world.app, /is ready/)).text).toContain("Фильм.bin");
    expect(readFileSync(join(world.program.dir, "[ann]", "Фильм.bin"))).toEqual(FILM);
  });

  test("downloads the files of a torrent file's address, where it takes the site", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await using site = await startFileServer();
    site.serves("/film.torrent", { bytes: shared.torrent.file, type: "application/x-bittorrent" });
    await using world = await startBoth({ roots: "magnet:,127.0.0.1" });
    world.ann.sends(`${site.root}/film.torrent`);
    expect((await says(world.app, /is ready/)).text).toContain("Film.bin");
    expect(readFileSync(join(world.program.dir, "[ann]", "Film.bin"))).toEqual(FILM);
  });

  test("says that a link is there already which people have added to qBittorrent, and leaves it alone", async () => {
    await using world = await startBoth();
    const magnet = `magnet:?xt=urn:btih:${"a".repeat(40)}`;
    await world.program.call("torrents/add", { urls: magnet });
    await until("qBittorrent lists it", async () => (await world.program.call("torrents/info")) !== "[]");
    world.ann.sends(magnet);
    await says(world.app, /qBittorrent already has this link/);
    expect(JSON.parse(await world.program.call("torrents/info"))).toMatchObject([{ hash: "a".repeat(40), tags: "" }]);
  });

  test("adds unfinished links again to a qBittorrent that has lost its downloads", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await shared.gives("40K");
    await using world = await startBoth();
    world.ann.sends(shared.torrent.magnet);
    await says(world.app, PERCENT);
    await world.forgetsAll();
    await shared.gives("0");
    await says(world.app, /is ready/);
    expect(readFileSync(join(world.program.dir, "[ann]", "Film.bin"))).toEqual(FILM);
  });

  test("removes from qBittorrent what is removed in the chat, together with its tag", async () => {
    await using world = await startBoth();
    const magnet = `magnet:?xt=urn:btih:${"b".repeat(40)}`;
    world.ann.sends(magnet);
    const held = async () => JSON.parse(await world.program.call("torrents/info")) as unknown[];
    await until("qBittorrent has it", async () => (await held()).length > 0);
    world.ann.sends(`/remove ${magnet}`);
    await says(world.app, /Removed from/);
    await until("qBittorrent no longer has it", async () => (await held()).length === 0);
    const tags = () => world.program.call("torrents/tags");
    await until("its tag is gone", async () => (await tags()) === '["dwld-bot"]');
  });

  test("passes the conformance check", async () => {
    await using world = await startBridge({ address: "127.0.0.1:1" });
    await expectConformance(world.bridge);
  });
});
