import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { OTHER, startTestApp, type TestApp, type TestAppOptions, USER } from "../support/app.ts";
import { call } from "../support/downloader/channel.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { createRecordingLog } from "../support/recording-log.ts";

const YT_DLP = join(import.meta.dir, "../support/yt-dlp.sh");
const FILM = Buffer.from("a film, ".repeat(40_000));

let folder: string;
let site: FileServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dwld-downloader-"));
  site = await startFileServer();
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const startBot = (options: TestAppOptions = {}) =>
  startTestApp({ DWLD_BOT_FOLDERS: "serials", DWLD_BOT_LINKS_ALLOW_PRIVATE: "true" }, options);
const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const arrived = () => join(folder, "[ann] serials");

/** The built-in downloader, as its command starts it. */
async function start(app: TestApp, written: Record<string, string | boolean> = {}) {
  const given = {
    dir: folder,
    bot: app.address,
    name: "home",
    listen: "127.0.0.1:0",
    "allow-private": true,
    "min-free": "0",
  };
  const parsed = parseOptions({ ...given, ...written }, { cwd: folder, language: "en" });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const log = createRecordingLog();
  // Without the yt-dlp that this machine may have.
  const { ytDlp = undefined } = "yt-dlp" in written ? parsed.options : {};
  const downloader = await startDownloader({ ...parsed.options, ytDlp }, { log });
  return { ...downloader, log };
}

describe("the built-in downloader", () => {
  test("registers, downloads a file into the chosen folder, and its owner is told that it is ready", async () => {
    site.serves("/film.mp4", { bytes: FILM });
    await using app = await startBot();
    await using _home = await start(app);
    ann(app).sends(`${site.root}/film.mp4`);
    const { text } = await app.api.message(USER, ({ text }) => text.includes("is ready"));
    expect(text).toContain("film.mp4");
    expect(readFileSync(join(arrived(), "film.mp4"))).toEqual(FILM);
    expect(readdirSync(join(folder, ".dwld-bot/parts"))).toEqual([]);
  });

  test("shows its progress; a removed link stops and leaves nothing behind", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    {
      await using _home = await start(app);
      const person = ann(app);
      person.sends(`${site.root}/film.mp4`);
      await site.waitFor(({ path }) => path === "/film.mp4", "the request");
      person.sends("/status");
      await app.api.message(USER, ({ text }) => text.includes("25 %"), { what: "/status with the running download" });
      person.sends(`/remove ${site.root}/film.mp4`);
      await app.api.message(USER, ({ text }) => text.includes("Removed from"));
    }
    expect(readdirSync(join(folder, ".dwld-bot/parts"))).toEqual([]);
    expect(readdirSync(folder)).toEqual([".dwld-bot"]);
  });

  test("tells the owner why there will be no file", async () => {
    await using app = await startBot();
    await using _home = await start(app, { language: "ru" });
    ann(app).sends(`${site.root}/gone.mp4`);
    const { text } = await app.api.message(USER, ({ text }) => text.includes("ошибкой"));
    expect(text).toContain("сайт ответил ошибкой 404 (не найдено)");
  });

  test("says in the message of what is in work why it waits for its next try", async () => {
    site.answers("/busy.mp4", 429);
    let ahead = 0;
    await using app = await startBot({ now: () => Date.now() + ahead });
    await using _home = await start(app, { language: "ru" });
    ann(app).sends(`${site.root}/busy.mp4`);
    await app.api.message(USER, ({ text }) => text.startsWith("In progress: 1"));
    // Time for the next edit.
    ahead = 10_000;
    const why = "попробую ещё раз: сайт ответил ошибкой 429 (слишком много запросов)";
    await app.api.message(
      USER,
      ({ text }) => text.startsWith("In progress: 1") && text.endsWith(`waiting · home\n${why}`),
    );
  });

  test("tries a failed download again when its owner sends it again from /queue", async () => {
    await using app = await startBot();
    await using _home = await start(app);
    const person = ann(app);
    person.sends(`${site.root}/late.mp4`);
    await app.api.message(USER, ({ text }) => text.includes("cannot download"));
    site.serves("/late.mp4", { bytes: FILM });
    person.sends("/queue");
    const { id } = await app.api.message(USER, ({ text }) => text.includes("Could not be downloaded"));
    expect((await person.presses(id, "1 🔁 Send again")).text).toBe("Back in the queue");
    await app.api.message(USER, ({ text }) => text.includes("is ready"));
    expect(readFileSync(join(arrived(), "late.mp4"))).toEqual(FILM);
  });

  test("continues after a stop with the missing part of the file", async () => {
    site.serves("/film.mp4", { bytes: FILM, etag: '"one"', waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    const person = ann(app);
    {
      await using _home = await start(app);
      person.sends(`${site.root}/film.mp4`);
      await site.waitFor(({ path }) => path === "/film.mp4", "the request");
      person.sends("/status");
      await app.api.message(USER, ({ text }) => text.includes("25 %"), { what: "/status with the running download" });
    }
    site.serves("/film.mp4", { bytes: FILM, etag: '"one"' });
    await using _home = await start(app);
    await app.api.message(USER, ({ text }) => text.includes("is ready"));
    expect(readFileSync(join(arrived(), "film.mp4"))).toEqual(FILM);
    expect(site.requests[1]?.range).toBe(`bytes=${FILM.length / 4}-`);
  });

  test("downloads a link once that two people send", async () => {
    site.serves("/film.mp4", { bytes: FILM, waitsAfter: FILM.length / 4 });
    await using app = await startBot();
    await using _home = await start(app);
    ann(app).sends(`${site.root}/film.mp4`);
    app.api.user({ id: OTHER, username: "bob", languageCode: "en" }).sends(`${site.root}/film.mp4`);
    await site.waitFor(({ path }) => path === "/film.mp4", "the request");
    for (const person of [USER, OTHER]) await app.api.message(person, ({ text }) => text.includes("In progress: 1"));
    site.goOn();
    for (const person of [USER, OTHER]) await app.api.message(person, ({ text }) => text.includes("is ready"));
    expect(site.requests).toHaveLength(1);
  });

  test("refuses a link into a private network unless it is allowed", async () => {
    await using app = await startBot();
    await using home = await start(app, { "allow-private": false });
    const { error } = await call(home.address, "SetToQueue", { link: `${site.root}/film.mp4`, user_name: "[ann]" });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(site.requests).toEqual([]);
  });

  test("refuses text that only people would read as a link", async () => {
    await using app = await startBot();
    await using home = await start(app);
    const link = `\u200b${site.root}/film.mp4`;
    const { error } = await call(home.address, "SetToQueue", { link, user_name: "[ann]" });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
  });

  test("refuses to run twice in one folder", async () => {
    await using app = await startBot();
    await using _home = await start(app);
    await expect(start(app)).rejects.toMatchObject({ code: "SQLITE_BUSY" });
  });

  test("gives pages to yt-dlp, and people read its title", async () => {
    site.serves("/film", { bytes: Buffer.from("<html>"), type: "text/html" });
    await using app = await startBot();
    await using _home = await start(app, { "yt-dlp": YT_DLP });
    ann(app).sends(`${site.root}/film`);
    const { text } = await app.api.message(USER, ({ text }) => text.includes("is ready"));
    expect(text).toContain("A film");
    expect(readFileSync(join(arrived(), "A film.mp4"), "utf8")).toBe("a film\n");
  });

  test("says that yt-dlp is missing when a link leads to a page", async () => {
    site.serves("/film", { bytes: Buffer.from("<html>"), type: "text/html" });
    await using app = await startBot();
    await using _home = await start(app);
    ann(app).sends(`${site.root}/film`);
    await app.api.message(USER, ({ text }) => text.includes("yt-dlp is not installed on this server"));
  });
});
