import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "../../src/commands/conformance.ts";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions, type WrittenOptions } from "../../src/downloader/options.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { ARIA2C, shareTorrent, startAria2 } from "../support/back-end/aria2.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { createRecordingLog } from "../support/recording-log.ts";
import { reservePort } from "../support/reserved-port.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));

let home: string;
let site: FileServer;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "dwld-aria2-e2e-"));
  site = await startFileServer();
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

async function startBot() {
  const app = await startTestApp({ DWLD_BOT_LINKS_ALLOW_PRIVATE: "true" });
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
  return app;
}
/** A magnet is a link only where somebody takes it. */
const isThere = (app: TestApp, name: string) =>
  app.api.message(ADMIN, ({ text }) => text.includes(`New server “${name}”`));
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
/** A message of the bot; aria2 counts what it has in blocks, and so says a little less than has come. */
const says = (app: TestApp, part: RegExp) =>
  app.api.message(USER, ({ byBot, text }) => byBot && part.test(text), { what: String(part) });
const PERCENT = /[1-9]\d? %/;

/** A downloader as its command starts it. */
async function start(name: string, app: { readonly address: string }, written: WrittenOptions, secret?: string) {
  const given = { dir: join(home, name), bot: app.address, name, listen: "127.0.0.1:0" };
  const all = { ...given, "allow-private": true, "min-free": "0", ...written };
  const parsed = parseOptions(all, { cwd: home, language: "en", backEndSecret: secret });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return startDownloader({ ...parsed.options, ytDlp: undefined }, { log: createRecordingLog() });
}

/** An aria2, and a downloader that stands before it. */
async function startBridge(app: { readonly address: string }, written: WrittenOptions = {}) {
  const stack = new AsyncDisposableStack();
  const aria2 = await startAria2(join(home, "aria2"), stack.use(reservePort()));
  stack.defer(aria2.kill);
  const bridged = { backend: "aria2", "backend-url": aria2.url.href, ...written };
  const bridge = stack.use(await start("torrents", app, bridged, aria2.secret));
  return { aria2, bridge, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe.skipIf(ARIA2C === null)("a downloader that stands before aria2", () => {
  test("a file that is sent in the chat is fetched, shown while it comes, and told when it is there", async () => {
    site.serves("/film.mp4", { bytes: FILM, etag: '"one"', waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await startBridge(app);
    ann(app).sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    site.goOn();
    expect((await says(app, /is ready/)).text).toContain("film.mp4");
    expect(readFileSync(join(world.aria2.dir, "[ann]", "film.mp4"))).toEqual(FILM);
  });

  test("a magnet that is sent in the chat becomes its file, under the torrent's name", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await using app = await startBot();
    await using world = await startBridge(app);
    await isThere(app, "torrents");
    ann(app).sends(shared.torrent.magnet);
    expect((await says(app, /is ready/)).text).toContain("Film.bin");
    expect(readFileSync(join(world.aria2.dir, "[ann]", "Film.bin"))).toEqual(FILM);
  });

  test("what aria2 says of a failure is what the owner reads", async () => {
    await using app = await startBot();
    await using _world = await startBridge(app);
    ann(app).sends(`${site.root}/gone.mp4`);
    expect((await says(app, /Resource not found/)).text).toContain("gone.mp4");
  });

  test("what is removed in the chat is removed from aria2", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await startBridge(app);
    const person = ann(app);
    person.sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    person.sends(`/remove ${site.root}/film.mp4`);
    await says(app, /Removed from/);
    while (((await world.aria2.call("aria2.tellActive")) as unknown[]).length > 0);
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

  test("beside a downloader of another kind it stands in for that one, and gets what only it takes", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    for (const path of ["/1.mp4", "/2.mp4"]) site.serves(path, { bytes: FILM });
    await using app = await startBot();
    await using _torrents = await startBridge(app);
    await isThere(app, "torrents");
    const person = ann(app);
    {
      await using _web = await start("web", app, {});
      person.sends(`${site.root}/1.mp4 ${shared.torrent.magnet}`);
      await says(app, /1\.mp4/);
      await says(app, /Film\.bin/);
    }
    person.sends(`${site.root}/2.mp4`);
    expect((await says(app, /2\.mp4 is ready/)).text).toContain("torrents");
  });
});
