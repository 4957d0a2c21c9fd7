import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "../../src/commands/conformance.ts";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions, type WrittenOptions } from "../../src/downloader/options.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { ARIA2C, shareTorrent } from "../support/back-end/aria2.ts";
import { QBITTORRENT, startQbittorrent } from "../support/back-end/qbittorrent.ts";
import { startFileServer } from "../support/file-server.ts";
import { createRecordingLog } from "../support/recording-log.ts";
import { reservePort } from "../support/reserved-port.ts";

const FILM = Buffer.from("a film, ".repeat(250_000));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "dwld-qbittorrent-e2e-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A qBittorrent, and a downloader that stands before it, as its command starts it. */
async function startBridge(app: { readonly address: string }, written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const ports = { port: stack.use(reservePort()).port, peers: stack.use(reservePort()).port };
  const program = await startQbittorrent(join(home, "qbittorrent"), ports);
  stack.defer(program.kill);
  const parsed = parseOptions(
    {
      dir: join(home, "list"),
      bot: app.address,
      name: "torrents",
      listen: "127.0.0.1:0",
      "allow-private": true,
      "min-free": "0",
      backend: "qbittorrent",
      "backend-url": program.url.href,
      "backend-user": program.user,
      ...written,
    },
    { cwd: home, language: "en", backEndSecret: program.secret },
  );
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const bridge = stack.use(
    await startDownloader({ ...parsed.options, ytDlp: undefined }, { log: createRecordingLog() }),
  );
  return { program, bridge, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The bot with the downloader registered: a magnet is a link only where somebody takes it. */
async function startBoth(written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const app = stack.use(await startTestApp({ DWLD_BOT_LINKS_ALLOW_PRIVATE: "true" }));
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  const bridged = stack.use(await startBridge(app, written));
  await app.api.message(ADMIN, ({ text }) => text.includes("New server “torrents”"));
  const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  return { app, ann, ...bridged, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const says = (app: TestApp, part: RegExp) =>
  app.api.message(USER, ({ byBot, text }) => byBot && part.test(text), { what: String(part) });

describe.skipIf(QBITTORRENT === null || ARIA2C === null)("a downloader that stands before qBittorrent", () => {
  test("a magnet that is sent in the chat is shown while it comes, and becomes its file, under the torrent's name", async () => {
    await using shared = await shareTorrent(home, { name: "Фильм.bin", bytes: FILM });
    await shared.gives("40K");
    await using world = await startBoth();
    world.ann.sends(shared.torrent.magnet);
    expect((await says(world.app, /[1-9]\d? %/)).text).toContain("Фильм.bin");
    await shared.gives("0");
    expect((await says(world.app, /is ready/)).text).toContain("Фильм.bin");
    expect(readFileSync(join(world.program.dir, "[ann]", "Фильм.bin"))).toEqual(FILM);
  });

  test("an address of a torrent file leads to its files, where the server is there for such", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await using site = await startFileServer();
    site.serves("/film.torrent", { bytes: shared.torrent.file, type: "application/x-bittorrent" });
    await using world = await startBoth({ roots: "magnet:,127.0.0.1" });
    world.ann.sends(`${site.root}/film.torrent`);
    expect((await says(world.app, /is ready/)).text).toContain("Film.bin");
    expect(readFileSync(join(world.program.dir, "[ann]", "Film.bin"))).toEqual(FILM);
  });

  test("what people have put into qBittorrent themselves is said to be there, and stays", async () => {
    await using world = await startBoth();
    const magnet = `magnet:?xt=urn:btih:${"a".repeat(40)}`;
    await world.program.call("torrents/add", { urls: magnet });
    world.ann.sends(magnet);
    await says(world.app, /qBittorrent has this link already/);
    expect(JSON.parse(await world.program.call("torrents/info"))).toMatchObject([{ hash: "a".repeat(40), tags: "" }]);
  });

  test("what is removed in the chat is removed from qBittorrent, its tag as well", async () => {
    await using world = await startBoth();
    const magnet = `magnet:?xt=urn:btih:${"b".repeat(40)}`;
    world.ann.sends(magnet);
    const held = async () => JSON.parse(await world.program.call("torrents/info")) as unknown[];
    while ((await held()).length === 0);
    world.ann.sends(`/remove ${magnet}`);
    await says(world.app, /Removed from/);
    while ((await held()).length > 0);
    while ((await world.program.call("torrents/tags")) !== '["dwld-bot"]');
  });

  test("it does all that any downloader must do", async () => {
    await using world = await startBridge({ address: "127.0.0.1:1" });
    let printed = "";
    const code = await conformance(
      { address: `127.0.0.1:${world.bridge.address.port}`, wait: async () => undefined },
      {
        env: {},
        write: (text) => {
          printed += text;
        },
      },
    );
    expect({ code, printed }).toEqual({ code: 0, printed: expect.not.stringMatching(/^(warn|fail)/m) });
  });
});
