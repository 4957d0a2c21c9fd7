import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createBinaryRig, USERS } from "../support/binary.ts";
import { choose } from "../support/choosing.ts";
import { call } from "../support/downloader/channel.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { until } from "../support/until.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
/** The real one, as the machine's package provides it: Debian 12's is of March 2023. */
const YT_DLP = Bun.which("yt-dlp");
const SMALL = Buffer.from("480 lines ".repeat(30_000));
const LARGE = Buffer.from("1080 lines ".repeat(60_000));

/** The bot and `dwld-bot downloader`, each a process of its own, and Ann, who writes to the bot. */
async function start(site: FileServer) {
  await using started = new AsyncDisposableStack();
  const rig = started.use(
    createBinaryRig({
      command: [process.execPath, "--no-orphans", MAIN],
      config: { links: { allow_private: true }, dispatch: { interval: "50ms", delay: "1h" } },
    }),
  );
  const { port } = started.use(reservePort());
  const bot = await rig.start();
  const flags = ["--bot", await bot.address(), "--listen", `127.0.0.1:${port}`, "--name", "home", "--dir", "films"];
  const more = ["--allow-private", "--min-free", "0", "--yt-dlp", YT_DLP ?? ""];
  const home = rig.spawn({ PATH: process.env.PATH ?? "" }, ["downloader", ...flags, ...more]);
  await home.says('Registered as "home"');
  const ann = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  const everything = started.move();
  return {
    files: join(rig.folder, "films/[ann]"),
    /** The first message, past or future, with all of these words. */
    hears: (...words: string[]) =>
      rig.api.message(ann, ({ text }) => words.every((word) => text.includes(word)), { what: words.join(", ") }),
    /** Sends the link of a page, and presses Now; in a quality, if one is named. */
    async sends(path: string, quality?: string) {
      const link = `${site.root}${path}`;
      ann.sends(link);
      const { id } = await rig.api.message(ann, ({ byBot, buttons }) => byBot && buttons.length > 0);
      if (quality !== undefined) {
        await choose(rig.api, { person: ann, promptId: id, panel: "Quality", choice: quality });
      }
      await ann.presses(id, "Now");
    },
    /** Asks in the chat for the progress, once the server's status contains this. */
    async asksAbout(text: string) {
      const status = async () => JSON.stringify((await call({ port }, "Status")).reply);
      await until(`the status contains "${text}"`, async () => (await status()).includes(text));
      ann.sends("/status");
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

const page = (title: string, body: string) => ({
  bytes: Buffer.from(`<!doctype html><html><head><title>${title}</title></head><body>${body}</body></html>`),
  type: "text/html; charset=utf-8",
});

describe.skipIf(YT_DLP === null)("dwld-bot downloader with the real yt-dlp (skipped where it is not installed)", () => {
  test("downloads the video of a page in the chosen quality, and shows the progress", async () => {
    await using site = await startFileServer();
    const sources = [1080, 480].map((lines) => `<source src="/${lines}.mp4" type="video/mp4" label="${lines}p">`);
    site.serves("/film", page("Фильм: вечер", `<video>${sources.join("")}</video>`));
    site.serves("/1080.mp4", { bytes: LARGE });
    site.serves("/480.mp4", { bytes: SMALL, waitsAfter: SMALL.length / 2 });
    await using home = await start(site);
    await home.sends("/film", "480p");
    await home.hears("Фильм: вечер", " %");
    // yt-dlp asks again when nothing has arrived for a while.
    site.serves("/480.mp4", { bytes: SMALL });
    site.goOn();
    await home.hears("Фильм: вечер", "is ready");
    const [name = ""] = readdirSync(home.files);
    expect(name).toStartWith("Фильм");
    expect(readFileSync(join(home.files, name))).toEqual(SMALL);
  });

  test("downloads all videos of a page as one entry, which says which one is being downloaded", async () => {
    await using site = await startFileServer();
    const videos = ["one", "two"].map((name) => `<video src="/${name}.mp4"></video>`);
    site.serves("/list", page("Numbers", videos.join("")));
    site.serves("/one.mp4", { bytes: SMALL });
    site.serves("/two.mp4", { bytes: LARGE, waitsAfter: LARGE.length / 2 });
    await using home = await start(site);
    await home.sends("/list");
    await home.asksAbout("2 of 2");
    await home.hears("Numbers", "2 of 2");
    site.serves("/two.mp4", { bytes: LARGE });
    site.goOn();
    await home.hears("Numbers", "is ready");
    const files = readdirSync(home.files).sort();
    expect(files.map((name) => readFileSync(join(home.files, name)).length)).toEqual([SMALL.length, LARGE.length]);
  });
});
