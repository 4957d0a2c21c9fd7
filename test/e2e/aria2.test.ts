import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WrittenOptions } from "../../src/downloader/options.ts";
import { USER } from "../support/app.ts";
import { ARIA2C, shareTorrent, startAria2 } from "../support/back-end/aria2.ts";
import {
  ann,
  expectConformance,
  isThere,
  PERCENT,
  says,
  saysReady,
  startBot,
  startNamed,
} from "../support/back-end/bridged.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

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

/** An aria2 and a downloader in front of it. */
async function startBridge(
  app: { readonly address: string },
  { options = [], ...written }: WrittenOptions & { readonly options?: readonly string[] } = {},
) {
  const stack = new AsyncDisposableStack();
  const place = { port: stack.use(reservePort()).port, options };
  let aria2 = await startAria2(join(home, "aria2"), place);
  stack.defer(() => aria2.kill());
  const bridged = { backend: "aria2", "backend-url": aria2.url.href, ...written };
  const bridge = stack.use(
    await startNamed("torrents", { home, bot: app.address, written: bridged, secret: aria2.secret }),
  );
  const restarts = async () => {
    await aria2.kill();
    aria2 = await startAria2(join(home, "aria2"), place);
  };
  return { aria2, bridge, restarts, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** With these, a kill leaves nothing of a download but its files. */
const FORGETFUL = ["--save-session-interval=0", "--auto-save-interval=0"];

describe.skipIf(ARIA2C === null)("a downloader in front of aria2", () => {
  test("downloads a file sent in the chat, shows its progress, and says when it is ready", async () => {
    site.serves("/film.mp4", { bytes: FILM, etag: '"one"', waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await startBridge(app);
    ann(app).sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    site.goOn();
    expect((await says(app, /is ready/)).text).toContain("film.mp4");
    expect(readFileSync(join(world.aria2.dir, "[ann]", "film.mp4"))).toEqual(FILM);
  });

  test("turns a magnet sent in the chat into its file, under the torrent's name", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await using app = await startBot();
    await using world = await startBridge(app);
    await isThere(app, "torrents");
    ann(app).sends(shared.torrent.magnet);
    expect((await says(app, /is ready/)).text).toContain("Film.bin");
    expect(readFileSync(join(world.aria2.dir, "[ann]", "Film.bin"))).toEqual(FILM);
  });

  test("does not start a download again that failed and was told, when aria2 restarts", async () => {
    site.answers("/film.mp4", 404);
    await using app = await startBot();
    await using world = await startBridge(app);
    ann(app).sends(`${site.root}/film.mp4`);
    await says(app, /cannot download/);
    const stopped = () => world.aria2.call("aria2.tellStopped", 0, 9) as Promise<unknown[]>;
    await until("aria2 has forgotten the failed download", async () => (await stopped()).length === 0);
    site.serves("/film.mp4", { bytes: FILM });
    site.serves("/other.mp4", { bytes: FILM });
    await world.restarts();
    ann(app).sends(`${site.root}/other.mp4`);
    await saysReady(app, "other.mp4");
    expect(readdirSync(join(world.aria2.dir, "[ann]"))).toEqual(["other.mp4"]);
    expect(site.requests.filter(({ path }) => path === "/film.mp4")).toHaveLength(1);
  });

  test("continues a magnet that aria2 has forgotten from the file that was left", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await shared.gives("10K");
    await using app = await startBot();
    await using world = await startBridge(app, { options: FORGETFUL });
    await isThere(app, "torrents");
    ann(app).sends(shared.torrent.magnet);
    await says(app, PERCENT);
    await world.restarts();
    await shared.gives("0");
    await says(app, /is ready/);
    expect(readFileSync(join(world.aria2.dir, "[ann]", "Film.bin"))).toEqual(FILM);
  });

  test("tells the owner of a failure in aria2's words", async () => {
    await using app = await startBot();
    await using _world = await startBridge(app);
    ann(app).sends(`${site.root}/gone.mp4`);
    expect((await says(app, /Resource not found/)).text).toContain("gone.mp4");
  });

  test("leaves alone what people have added to aria2 themselves, and shows it nowhere", async () => {
    for (const path of ["/theirs.mp4", "/ours.mp4"]) site.serves(path, { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await startBridge(app);
    const theirs = await world.aria2.call("aria2.addUri", [`${site.root}/theirs.mp4`]);
    const person = ann(app);
    person.sends(`${site.root}/ours.mp4`);
    await says(app, PERCENT);
    person.sends(`/remove ${site.root}/ours.mp4`);
    await says(app, /Removed from/);
    const running = () => world.aria2.call("aria2.tellActive", ["gid"]) as Promise<{ gid: string }[]>;
    await until("aria2 runs only people's download", async () => (await running()).length === 1);
    expect(await running()).toEqual([{ gid: String(theirs) }]);
    expect(
      app.api
        .messages(USER)
        .map(({ text }) => text)
        .join("\n"),
    ).not.toContain("theirs");
  });

  test("removes from aria2 what is removed in the chat", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await startBridge(app);
    const person = ann(app);
    person.sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    person.sends(`/remove ${site.root}/film.mp4`);
    await says(app, /Removed from/);
    const running = () => world.aria2.call("aria2.tellActive") as Promise<unknown[]>;
    await until("aria2 runs nothing any more", async () => (await running()).length === 0);
  });

  test("passes the conformance check", async () => {
    await using world = await startBridge({ address: "127.0.0.1:1" });
    await expectConformance(world.bridge);
  });

  test("replaces a downloader of another kind that is away, and gets the links that only it takes", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    for (const path of ["/1.mp4", "/2.mp4"]) site.serves(path, { bytes: FILM });
    await using app = await startBot();
    await using _torrents = await startBridge(app);
    await isThere(app, "torrents");
    const person = ann(app);
    {
      await using _web = await startNamed("web", { home, bot: app.address });
      person.sends(`${site.root}/1.mp4 ${shared.torrent.magnet}`);
      await saysReady(app, "1.mp4");
      await saysReady(app, "Film.bin");
    }
    person.sends(`${site.root}/2.mp4`);
    expect((await says(app, /2\.mp4 is ready/)).text).toContain("torrents");
  });
});
