import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { startDownloader } from "../../src/downloader/downloader.ts";
import { parseOptions } from "../../src/downloader/options.ts";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { type Authority, createAuthority, hasOpenssl } from "../support/authority.ts";
import { call } from "../support/downloader/channel.ts";
import { registerDownloader } from "../support/downloader/wire.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { createRecordingLog } from "../support/recording-log.ts";
import { reservePort } from "../support/reserved-port.ts";

const FILM = Buffer.from("a film, ".repeat(1_000));
const TOKEN = "a-token-for-downloaders";
const HOST = { host: "127.0.0.1", port: 50_051 };
const HERE = ["-addext", "subjectAltName=IP:127.0.0.1"];

describe.skipIf(!hasOpenssl)("the built-in downloader over TLS", () => {
  let authority: Authority;
  let folder: string;
  let site: FileServer;
  beforeAll(() => {
    authority = createAuthority();
  });
  afterAll(() => authority[Symbol.dispose]());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "dwld-downloader-"));
    site = await startFileServer();
    site.serves("/film.mp4", { bytes: FILM });
  });
  afterEach(async () => {
    await site[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const startBot = (env: Record<string, string>) =>
    startTestApp({
      DWLD_BOT_GRPC_DOWNLOADERS: `[{ name: home, ca: ${authority.caFile} }]`,
      DWLD_BOT_FOLDERS: "serials",
      DWLD_BOT_LINKS_ALLOW_PRIVATE: "true",
      ...env,
    });

  /** As its command starts it. */
  async function start(app: TestApp, written: Record<string, string>, log = createRecordingLog()) {
    const { certFile, keyFile } = authority.issue("home", "/CN=home");
    const over = { "tls-cert": certFile, "tls-key": keyFile, "allow-private": true, "min-free": "0" };
    const where = { dir: folder, bot: app.address, name: "home", listen: "127.0.0.1:0" };
    const parsed = parseOptions({ ...where, ...over, ...written }, { cwd: folder, language: "en" });
    if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
    return startDownloader({ ...parsed.options, ytDlp: undefined }, { log });
  }

  function tokenFile(token = TOKEN): string {
    const file = join(folder, "token");
    writeFileSync(file, token);
    return file;
  }

  async function getsTheFilm(app: TestApp): Promise<void> {
    app.api.user({ id: USER, username: "ann", languageCode: "en" }).sends(`${site.root}/film.mp4`);
    await app.api.message(USER, ({ text }) => text.includes("is ready"));
    expect(readFileSync(join(folder, "[ann] serials/film.mp4"))).toEqual(FILM);
  }

  test("registers and is called with certificates on both sides", async () => {
    const bot = authority.issue("bot", "/CN=bot", ...HERE);
    await using app = await startBot({
      DWLD_BOT_GRPC_TLS_CERT: bot.certFile,
      DWLD_BOT_GRPC_TLS_KEY: bot.keyFile,
      DWLD_BOT_GRPC_TLS_CLIENT_CA: authority.caFile,
    });
    await using home = await start(app, { "bot-ca": authority.caFile });
    await getsTheFilm(app);
    // A caller without TLS gets no answer.
    expect((await call(home.address, "Queue")).error?.code).toBe(status.UNAVAILABLE);
  });

  test("registers over TLS with a bot where others register without it", async () => {
    using apart = reservePort();
    const bot = authority.issue("bot", "/CN=bot", ...HERE);
    await using app = await startBot({
      DWLD_BOT_GRPC_TLS_LISTEN: `127.0.0.1:${apart.port}`,
      DWLD_BOT_GRPC_TLS_CERT: bot.certFile,
      DWLD_BOT_GRPC_TLS_KEY: bot.keyFile,
      DWLD_BOT_GRPC_TLS_CLIENT_CA: authority.caFile,
    });
    await using old = await app.downloader({ name: "old", roots: ["youtube.com"] });
    await using _home = await start(app, {
      "bot-ca": authority.caFile,
      bot: `127.0.0.1:${apart.port}`,
      roots: "127.0.0.1",
    });
    await getsTheFilm(app);
    app.api.user({ id: USER, username: "ann" }).sends("https://youtube.com/watch?v=1");
    await old.accepts("https://youtube.com/watch?v=1");
    const inTheClear = registerDownloader(`127.0.0.1:${apart.port}`, { name: "new", roots: ["*"], ...HOST });
    await expect(inTheClear).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("recognises the bot by the token alone", async () => {
    await using app = await startBot({ DWLD_BOT_GRPC_TOKEN: TOKEN });
    await using _home = await start(app, { "token-file": tokenFile() });
    await getsTheFilm(app);
    expect(app.logged()).not.toContain(TOKEN);
  });

  test("refuses a bot with another token, and the bot's admins are told", async () => {
    await using app = await startBot({ DWLD_BOT_GRPC_TOKEN: TOKEN });
    app.api.user({ id: ADMIN, languageCode: "en" }).sends("/start");
    await using home = await start(app, { "token-file": tokenFile("another") });
    const metadata = { authorization: `Bearer ${TOKEN}` };
    await registerDownloader(app.address, { name: "home", roots: ["*"], ...home.address, metadata });
    app.api.user({ id: USER, languageCode: "en" }).sends(`${site.root}/film.mp4`);
    await app.api.message(ADMIN, ({ text }) => text.includes("“home” answers, but does not accept this bot"));
    expect(site.requests).toEqual([]);
  });

  test("refuses a bot with another authority's certificate: its log says why, and the bot's admins are told", async () => {
    using apart = reservePort();
    using another = createAuthority();
    const bot = another.issue("bot", "/CN=bot", ...HERE);
    await using app = await startBot({
      DWLD_BOT_GRPC_TLS_LISTEN: `127.0.0.1:${apart.port}`,
      DWLD_BOT_GRPC_TLS_CERT: bot.certFile,
      DWLD_BOT_GRPC_TLS_KEY: bot.keyFile,
      DWLD_BOT_GRPC_TLS_CLIENT_CA: authority.caFile,
    });
    app.api.user({ id: ADMIN, languageCode: "en" }).sends("/start");
    const log = createRecordingLog();
    await using home = await start(app, { "bot-ca": authority.caFile }, log);
    await registerDownloader(app.address, { name: "home", roots: ["*"], ...home.address });
    app.api.user({ id: USER, languageCode: "en" }).sends(`${site.root}/film.mp4`);
    await app.api.message(ADMIN, ({ text }) => text.includes("“home” answers, but does not accept this bot"));
    expect(log.lines).toContainEqual({
      level: "warn",
      message: "Refused a certificate",
      fields: { caller: "127.0.0.1", problem: "unable to verify the first certificate" },
    });
    expect(site.requests).toEqual([]);
  });
});
