import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ARIA2C, startAria2 } from "../support/back-end/aria2.ts";
import { createFakeMetube } from "../support/back-end/metube.ts";
import { arrives } from "../support/binary/arrival.ts";
import { createBinaryRig } from "../support/binary.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { ROOT } from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";

const FILM = Buffer.from("a film, ".repeat(40_000));
const PASSWORD = "a password that nobody prints";

let home: string;
let site: FileServer;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "dwld-beside-program-"));
  site = await startFileServer();
  site.serves("/film.mp4", { bytes: FILM });
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

/** The bot from its source, with this back end beside it. */
const rigWith = (backend: object, port: number) =>
  createBinaryRig({
    command: [process.execPath, join(ROOT, "src/main.ts")],
    config: { downloader: { name: "films", listen: `127.0.0.1:${port}`, backend }, links: { allow_private: true } },
  });

describe.skipIf(ARIA2C === null)("aria2 behind the bot, by the bot's own config,", () => {
  test("a link from the chat becomes a file, and the back end's secret appears nowhere", async () => {
    using own = reservePort();
    using its = reservePort();
    const aria2 = await startAria2(join(home, "aria2"), { port: its.port, secret: PASSWORD });
    await using stack = new AsyncDisposableStack();
    stack.defer(aria2.kill);
    const file = join(home, "secret");
    writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
    const rig = stack.use(rigWith({ kind: "aria2", url: aria2.url.href, secret_file: file }, own.port));
    const life = rig.spawn();
    await arrives(rig, { link: `${site.root}/film.mp4`, as: "film.mp4", server: "films" });
    expect(readFileSync(join(aria2.dir, "[ann]/film.mp4"))).toEqual(FILM);
    expect(readFileSync(`/proc/${childOf(life.pid)}/cmdline`, "utf8")).toContain("--backend=aria2");
    for (const pid of [life.pid, childOf(life.pid)])
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(PASSWORD);
    // Its list lies beside the database, and only its owner can read it.
    expect(statSync(join(rig.folder, "dwld-bot.downloader/.dwld-bot")).mode & 0o077).toBe(0);
    expect(await life.stop()).toBe(0);
    expect(life.output).not.toContain(PASSWORD);
  });
});

describe("MeTube behind the bot, by the bot's own config,", () => {
  test("a link from the chat becomes a file, also after the downloader beside the bot was killed", async () => {
    using own = reservePort();
    using its = reservePort();
    const metube = createFakeMetube(join(home, "files"), { port: its.port, password: PASSWORD });
    await using stack = new AsyncDisposableStack();
    stack.defer(metube.kill);
    const backend = { kind: "metube", url: metube.url.href, user: "ann", secret: PASSWORD, dir: "films" };
    const rig = stack.use(rigWith(backend, own.port));
    const life = rig.spawn();
    const ann = await arrives(rig, { link: `${site.root}/film.mp4`, as: "film.bin" });
    expect(readFileSync(join(home, "files/films/[ann]/film.bin"))).toEqual(FILM);

    process.kill(childOf(life.pid), "SIGKILL");
    await life.logs("The downloader beside the bot has ended; starting it again");
    site.serves("/other.mp4", { bytes: FILM });
    ann.sends(`${site.root}/other.mp4`);
    await rig.api.message(ann, ({ text }) => text.includes("other.bin is ready"));
    expect(await life.stop()).toBe(0);
    expect(life.output).not.toContain(PASSWORD);
  });

  test("a wrong option is reported at the start with its key, in the operator's language", async () => {
    await using rig = rigWith({ kind: "metube", options: ["category=films"] }, 0);
    const life = rig.spawn({ LANG: "ru_RU.UTF-8" });
    expect(await life.exited).toBe(78);
    expect(life.output).toContain(
      'downloader.backend.options[0] — найдено: "category=films"; ожидается: то, что есть у metube: format=…, preset=…, records=…',
    );
  });
});

/** The only child of a process. */
function childOf(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  if (child === undefined) throw new Error(`${pid} has no child`);
  return child;
}
