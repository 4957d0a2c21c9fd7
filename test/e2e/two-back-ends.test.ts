import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARIA2C, shareTorrent, startAria2 } from "../support/back-end/aria2.ts";
import { ann, isThere, PERCENT, says, saysReady, startBot, startNamed } from "../support/back-end/bridged.ts";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));

let home: string;
let site: FileServer;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "dwld-two-e2e-"));
  site = await startFileServer();
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

/** A bot with a real aria2 behind "torrents" and a fake MeTube behind "films". Both take web links; only aria2 takes magnets. */
async function startBoth(routes: readonly { readonly match: string; readonly downloaders: readonly string[] }[] = []) {
  const stack = new AsyncDisposableStack();
  const app = stack.use(await startBot({ DWLD_BOT_ROUTES: JSON.stringify(routes) }));
  const place = stack.use(reservePort());
  const aria2 = { home: join(home, "aria2"), program: await startAria2(join(home, "aria2"), place) };
  stack.defer(() => aria2.program.kill());
  const metube = createFakeMetube(join(home, "metube"), { port: stack.use(reservePort()).port });
  stack.defer(metube.kill);
  const at = { home, bot: app.address };
  const torrents = { backend: "aria2", "backend-url": aria2.program.url.href };
  const films = { backend: "metube", "backend-url": metube.url.href };
  const bridges = {
    torrents: stack.use(await startNamed("torrents", { ...at, written: torrents, secret: aria2.program.secret })),
    films: stack.use(await startNamed("films", { ...at, written: films })),
  };
  for (const name of Object.keys(bridges)) await isThere(app, name);
  return {
    app,
    ann: ann(app),
    bridges,
    metube,
    /** The paths of a file in aria2 and in MeTube. */
    fileOf: (name: string) => ({
      torrents: join(aria2.program.dir, "[ann]", `${name}.mp4`),
      films: join(home, "metube", "[ann]", `${name}.bin`),
    }),
    async aria2Restarts() {
      aria2.program = await startAria2(aria2.home, place);
    },
    aria2Dies: () => aria2.program.kill(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const serves = (name: string, of: { readonly waitsAfter?: number } = {}) => {
  site.serves(`/${name}.mp4`, { bytes: FILM, etag: `"${name}"`, ...of });
  return `${site.root}/${name}.mp4`;
};
const SLOWLY = { waitsAfter: FILM.length / 4 };

describe.skipIf(ARIA2C === null)("aria2 and MeTube behind one bot", () => {
  test("share the links by the operator's routes, and a magnet goes to aria2", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    const route = (path: string, name: string) => ({ match: `127.0.0.1/${path}`, downloaders: [name] });
    await using world = await startBoth([route("a.mp4", "torrents"), route("b.mp4", "films")]);
    world.ann.sends(`${serves("a")} ${serves("b")} ${shared.torrent.magnet}`);
    await saysReady(world.app, "a.mp4");
    await saysReady(world.app, "b.bin");
    await saysReady(world.app, "Film.bin");
    expect(readFileSync(world.fileOf("a").torrents)).toEqual(FILM);
    expect(readFileSync(world.fileOf("b").films)).toEqual(FILM);
    expect(world.metube.links()).toEqual([`${site.root}/b.mp4`]);
  });

  test("when MeTube dies, aria2 gets what both take; MeTube's downloads continue when it is back", async () => {
    await using world = await startBoth([{ match: "127.0.0.1/theirs.mp4", downloaders: ["films"] }]);
    world.ann.sends(serves("theirs", SLOWLY));
    await says(world.app, PERCENT);
    await world.metube.kill();
    await until("the bridge notices that MeTube is away", () => /MeTube/.test(world.bridges.films.health()));
    for (const name of ["1", "2", "3"]) {
      world.ann.sends(serves(name));
      await says(world.app, new RegExp(`\\b${name}\\.mp4 is ready`));
      expect(readFileSync(world.fileOf(name).torrents)).toEqual(FILM);
    }
    serves("theirs");
    world.metube.start();
    await says(world.app, /theirs\.bin is ready/);
    expect(world.metube.added).toHaveLength(1);
  });

  test("when aria2 dies, MeTube gets what both take; magnets wait for aria2, and its downloads continue", async () => {
    await using shared = await shareTorrent(home, { name: "Film.bin", bytes: FILM });
    await using world = await startBoth([{ match: "127.0.0.1/theirs.mp4", downloaders: ["torrents"] }]);
    world.ann.sends(serves("theirs", SLOWLY));
    await says(world.app, PERCENT);
    await world.aria2Dies();
    await until("the bridge notices that aria2 is away", () => /aria2/.test(world.bridges.torrents.health()));
    world.ann.sends(shared.torrent.magnet);
    for (const name of ["1", "2", "3"]) {
      world.ann.sends(serves(name));
      await says(world.app, new RegExp(`\\b${name}\\.bin is ready`));
      expect(readFileSync(world.fileOf(name).films)).toEqual(FILM);
    }
    serves("theirs");
    site.goOn();
    await world.aria2Restarts();
    await says(world.app, /theirs\.mp4 is ready/);
    await says(world.app, /Film\.bin is ready/);
    expect(world.metube.links()).toHaveLength(3);
  });
});
