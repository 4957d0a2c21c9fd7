import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { USER } from "../support/app.ts";
import { ann, expectConformance, PERCENT, says, startBot, startNamed } from "../support/back-end/bridged.ts";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { createFakeYtptube } from "../support/back-end/ytptube.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));
const PROGRAMS = [
  { name: "metube", create: createFakeMetube },
  { name: "ytptube", create: createFakeYtptube },
];

let home: string;
let site: FileServer;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "dwld-metube-e2e-"));
  site = await startFileServer();
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

describe.each(PROGRAMS)("a downloader in front of $name", ({ name, create }) => {
  /** The program, and the downloader as its command starts it. */
  async function start(app: { readonly address: string }) {
    const stack = new AsyncDisposableStack();
    const { port } = stack.use(reservePort());
    const begin = () => {
      const program = create(join(home, "files"), { port });
      stack.defer(program.kill);
      return program;
    };
    const program = begin();
    const written = { backend: name, "backend-url": program.url.href };
    const open = () => startNamed("videos", { home, bot: app.address, written });
    const bridge = stack.use(await open());
    return { program, begin, open, bridge, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test("downloads a link sent in the chat, shows its progress, and says when it is ready", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using _world = await start(app);
    ann(app).sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    site.goOn();
    expect((await says(app, /is ready/)).text).toContain("film.bin");
    expect(readFileSync(join(home, "files", "[ann]", "film.bin"))).toEqual(FILM);
  });

  test("tells the owner of a failure in the program's words", async () => {
    await using app = await startBot();
    await using _world = await start(app);
    ann(app).sends(`${site.root}/gone.mp4`);
    expect((await says(app, /HTTP Error 404/)).text).toContain("gone.mp4");
  });

  test("removes from the program what is removed in the chat, and leaves no part of it", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await start(app);
    const person = ann(app);
    person.sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    person.sends(`/remove ${site.root}/film.mp4`);
    await says(app, /Removed from/);
    await until("the program has no link any more", () => world.program.links().length === 0);
    expect(() => readdirSync(join(home, "files", "[ann]"))).toThrow();
  });

  test("says that a link is there already which people have added, leaves it alone, and shows it nowhere else", async () => {
    for (const path of ["/theirs.mp4", "/zebra.mp4", "/ours.mp4"])
      site.serves(path, { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await start(app);
    const theirs = ["/theirs.mp4", "/zebra.mp4"].map((path) => site.root + path);
    for (const link of theirs) await world.program.people(link);
    const person = ann(app);
    person.sends(`${site.root}/theirs.mp4`);
    await says(app, /already has this link/);
    person.sends(`${site.root}/ours.mp4`);
    await says(app, PERCENT);
    person.sends(`/remove ${site.root}/theirs.mp4`);
    person.sends(`/remove ${site.root}/ours.mp4`);
    await says(app, /Removed from/);
    await until("the program has only people's links", () => world.program.links().length === theirs.length);
    expect([...world.program.links()].sort()).toEqual([...theirs].sort());
    expect(
      app.api
        .messages(USER)
        .map(({ text }) => text)
        .join("\n"),
    ).not.toContain("zebra");
  });

  test("adds unfinished links, and only those, again to a program that has lost its downloads", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    site.serves("/ready.mp4", { bytes: FILM });
    await using app = await startBot();
    await using world = await start(app);
    const person = ann(app);
    person.sends(`${site.root}/ready.mp4`);
    await says(app, /ready\.bin is ready/);
    person.sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    await world.program.kill();
    await until("the bridge notices that its program is away", () => /does not answer/.test(world.bridge.health()));
    site.serves("/film.mp4", { bytes: FILM });
    const another = world.begin();
    await says(app, /film\.bin is ready/);
    expect(another.added.map(({ url }) => url)).toEqual([`${site.root}/film.mp4`]);
    expect(readFileSync(join(home, "files", "[ann]", "film.bin"))).toEqual(FILM);
  });

  test("passes the conformance check", async () => {
    await using world = await start({ address: "127.0.0.1:1" });
    await expectConformance(world.bridge);
  });
});
