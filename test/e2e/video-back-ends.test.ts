import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ann, expectConformance, PERCENT, says, startBot, startNamed } from "../support/back-end/bridged.ts";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { createFakeYtptube } from "../support/back-end/ytptube.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";

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

describe.each(PROGRAMS)("a downloader that stands before $name", ({ name, create }) => {
  /** The program, and the downloader as its command starts it. */
  async function start(app: { readonly address: string }) {
    const stack = new AsyncDisposableStack();
    const { port } = stack.use(reservePort());
    const program = create(join(home, "files"), { port });
    stack.defer(program.kill);
    const written = { backend: name, "backend-url": program.url.href };
    const open = () => startNamed("videos", { home, bot: app.address, written });
    return { program, open, bridge: stack.use(await open()), [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test("a link that is sent in the chat is fetched, shown while it comes, and told when it is there", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using _world = await start(app);
    ann(app).sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    site.goOn();
    expect((await says(app, /is ready/)).text).toContain("film.bin");
    expect(readFileSync(join(home, "files", "[ann]", "film.bin"))).toEqual(FILM);
  });

  test("what it says of a failure is what the owner reads", async () => {
    await using app = await startBot();
    await using _world = await start(app);
    ann(app).sends(`${site.root}/gone.mp4`);
    expect((await says(app, /HTTP Error 404/)).text).toContain("gone.mp4");
  });

  test("what is removed in the chat is removed from it, and no part of it is left", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using world = await start(app);
    const person = ann(app);
    person.sends(`${site.root}/film.mp4`);
    await says(app, PERCENT);
    person.sends(`/remove ${site.root}/film.mp4`);
    await says(app, /Removed from/);
    while (world.program.links().length > 0) await new Promise(setImmediate);
    expect(() => readdirSync(join(home, "files", "[ann]"))).toThrow();
  });

  test("it does all that any downloader must do", async () => {
    await using world = await start({ address: "127.0.0.1:1" });
    await expectConformance(world.bridge);
  });
});
