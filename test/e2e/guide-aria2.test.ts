import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ARIA2C, shareTorrent } from "../support/back-end/aria2.ts";
import { besideIn } from "../support/back-end/beside.ts";
import { arrives } from "../support/binary/arrival.ts";
import { createBinaryRig } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { commandsOf, page, ROOT } from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";

const { text } = page("en", "aria2.md");
// The first command installs Debian's package.
const [, makeSecret = "", startAria2 = "", startServer = ""] = commandsOf(text);
const FILM = Buffer.from("a film, ".repeat(40_000));

describe.skipIf(ARIA2C === null)("docs/en/aria2.md", () => {
  test("leads from nothing to the first file", async () => {
    await using site = await startFileServer();
    using reserved = reservePort();
    await using rig = createBinaryRig({
      command: [process.execPath, join(ROOT, "src/main.ts")],
      config: { grpc: { listen: "127.0.0.1:0" }, links: { allow_private: true } },
    });
    site.serves("/film.mp4", { bytes: FILM });
    const env = { PATH: process.env.PATH ?? "" };
    expect(Bun.spawnSync(["sh", "-c", makeSecret], { cwd: rig.folder, env }).exitCode).toBe(0);
    // Only the places of the reader's programs differ; the last of two equal options counts.
    const aria2 = rig.spawn(env, [`exec ${startAria2} --rpc-listen-port=${reserved.port}`], ["sh", "-c"]);
    await aria2.says(`listening on TCP port ${reserved.port}`);
    const bot = await rig.start();
    const url = `http://127.0.0.1:${reserved.port}/jsonrpc`;
    const here = ["--bot", await bot.address(), "--listen", "127.0.0.1:0", "--backend-url", url, "--allow-private"];
    const server = rig.spawn({}, [...startServer.replace(/^dwld-bot /, "").split(" "), ...here]);
    await server.says("answers");
    await arrives(rig, { link: `${site.root}/film.mp4`, as: "film.mp4", server: "aria2" });
    expect(readFileSync(join(rig.folder, "films/[ann]/film.mp4"))).toEqual(FILM);
    expect(server.output).not.toContain(readFileSync(join(rig.folder, "aria2-secret"), "utf8").trim());
  });
});

describe.skipIf(ARIA2C === null)("the server beside the bot, with the config of docs/en/aria2.md,", () => {
  test("also leads to the first file", async () => {
    await using world = await startGuided();
    await arrives(world.rig, { link: world.film, as: "film.mp4", server: "aria2" });
    expect(readFileSync(join(world.rig.folder, "films/[ann]/film.mp4"))).toEqual(FILM);
  });

  test("downloads further links while finished torrents seed", async () => {
    // One slot instead of five, and no traffic leaves the machine.
    await using world = await startGuided([
      ...["--max-concurrent-downloads=1", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false"],
    ]);
    const { rig } = world;
    await using shared = await shareTorrent(join(rig.folder, "others"), { name: "Film.bin", bytes: FILM });
    await arrives(rig, { link: shared.torrent.magnet, as: "Film.bin", server: "aria2" });
    await arrives(rig, { link: world.film, as: "film.mp4" });
    expect(readFileSync(join(rig.folder, "films/[ann]/film.mp4"))).toEqual(FILM);
  });
});

/** A site with a film, aria2 started as the page says, with more options, and the bot. */
async function startGuided(more: readonly string[] = []) {
  await using parts = new AsyncDisposableStack();
  const site = parts.use(await startFileServer());
  site.serves("/film.mp4", { bytes: FILM });
  const its = parts.use(reservePort());
  const own = parts.use(reservePort());
  const config = besideIn(text, { kind: "aria2", url: `http://127.0.0.1:${its.port}/jsonrpc`, port: own.port });
  const rig = parts.use(createBinaryRig({ command: [process.execPath, join(ROOT, "src/main.ts")], config }));
  const env = { PATH: process.env.PATH ?? "" };
  expect(Bun.spawnSync(["sh", "-c", makeSecret], { cwd: rig.folder, env }).exitCode).toBe(0);
  const options = [`--rpc-listen-port=${its.port}`, ...more].join(" ");
  const aria2 = rig.spawn(env, [`exec ${startAria2} ${options}`], ["sh", "-c"]);
  await aria2.says(`listening on TCP port ${its.port}`);
  rig.spawn();
  const alive = parts.move();
  return { rig, film: `${site.root}/film.mp4`, [Symbol.asyncDispose]: () => alive.disposeAsync() };
}
