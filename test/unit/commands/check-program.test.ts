import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { check } from "../../../src/commands/check/check.ts";
import { findingsOnProgram } from "../../../src/commands/program-findings.ts";
import { openStore } from "../../../src/store/store.ts";
import { startAria2Answers } from "../../support/back-end/aria2-answers.ts";
import { reservePort } from "../../support/reserved-port.ts";
import { createCommandRig, TOKEN } from "./place.ts";

const ADMIN = 1;
const SECRET = "a secret that nobody prints";

/** A bot whose config names a back-end program, with its secret in a file. */
function rig(url: string, more: Readonly<Record<string, string>> = {}) {
  const world = createCommandRig((api) => ({
    DWLD_BOT_TELEGRAM_TOKEN: TOKEN,
    DWLD_BOT_TELEGRAM_ADMINS: String(ADMIN),
    DWLD_BOT_TELEGRAM_API_ROOTS: api.root,
    DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
    DWLD_BOT_HTTP_LISTEN: "127.0.0.1:0",
    DWLD_BOT_DOWNLOADER_LISTEN: "127.0.0.1:0",
    DWLD_BOT_DOWNLOADER_BACKEND_KIND: "aria2",
    DWLD_BOT_DOWNLOADER_BACKEND_URL: url,
    DWLD_BOT_DOWNLOADER_BACKEND_SECRET_FILE: "secret",
    ...more,
  }));
  world.api.user({ id: ADMIN, started: true });
  writeFileSync(world.place.path("secret"), `${SECRET}\n`, { mode: 0o600 });
  return world;
}

describe("check() of the back-end program", () => {
  test("says which program answers, that it accepts the secret and where it saves files; changes nothing", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig(aria2.url);
    expect(await check({ colours: false }, world.place)).toBe(0);
    const { printed } = world.place;
    expect(printed).toMatch(/^ok {4}servers +aria2 1\.36\.0 answers at http:\S+\/jsonrpc, and lets the server in$/m);
    expect(printed).toContain("aria2 saves files in /,");
    expect(printed).toContain("127.0.0.1, any free port (downloader.listen)");
    expect(printed).toContain("No server has registered yet: the one beside the bot will when it starts");
    expect(printed).toMatch(/^All is well\.$/m);
    // A server with a back-end program needs no yt-dlp.
    expect(printed).not.toContain("yt-dlp");
    expect(existsSync(world.place.path("dwld-bot.downloader"))).toBe(false);
  });

  test("while the bot is stopped, does not warn of the server beside it, but of any other silent one", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig(aria2.url, { DWLD_BOT_DOWNLOADER_NAME: "films" });
    using nobody = reservePort();
    {
      using store = openStore(world.place.path("dwld-bot.db"));
      const record = { roots: ["*"], registeredAt: 1, lastSeenAt: 1, failures: 0, paused: false };
      for (const name of ["films", "nas"])
        store.downloaders.save({ ...record, name, host: "127.0.0.1", port: nobody.port });
    }
    expect(await check({ colours: false }, world.place)).toBe(0);
    const at = `at 127.0.0.1:${nobody.port}`;
    expect(world.place.printed).toContain(`"films" ${at} is the one beside the bot, and starts with it`);
    expect(world.place.printed).toContain(`"nas" ${at} does not answer`);
  });

  test("says that the secret is wrong and which key sets it, without printing it", async () => {
    await using aria2 = await startAria2Answers({ secret: "another one", dir: "/" });
    await using world = rig(aria2.url);
    expect(await check({ colours: false }, world.place)).toBe(78);
    expect(world.place.printed).toMatch(
      /^fail {2}servers +aria2 does not answer: Unauthorized\n +→ .* downloader\.backend\.secret_file/m,
    );
    expect(world.place.printed).not.toContain(SECRET);
  });

  test("says in Russian that the program does not answer", async () => {
    using reserved = reservePort();
    const url = `http://127.0.0.1:${reserved.port}/jsonrpc`;
    await using world = rig(url, { DWLD_BOT_TELEGRAM_LANGUAGE: "ru" });
    expect(await check({ colours: false }, world.place)).toBe(78);
    expect(world.place.printed).toMatch(
      /^ошибка {4}серверы +aria2 не отвечает: .*\n +→ Программа запущена\? .* downloader\.backend\.url\.$/m,
    );
  });

  test("says that another program answers there", async () => {
    await using world = rig("http://127.0.0.1:1/");
    const { env, cwd, write } = world.place;
    const other = { ...env, DWLD_BOT_DOWNLOADER_BACKEND_URL: `${env.DWLD_BOT_TELEGRAM_API_ROOTS}/jsonrpc` };
    expect(await check({ colours: false }, { env: other, cwd, write })).toBe(78);
    expect(world.place.printed).toMatch(
      /not understood: .*\n +→ Another program answers at .*, or this one has another path/,
    );
  });

  test("says why the server beside the bot could not register", async () => {
    await using aria2 = await startAria2Answers({ secret: SECRET, dir: "/" });
    await using world = rig(aria2.url, { DWLD_BOT_GRPC_ALLOWED_NETWORKS: "172.30.99.0/24" });
    expect(await check({ colours: false }, world.place)).toBe(78);
    expect(world.place.printed).toContain("add 127.0.0.1/32 there");
  });
});

describe("findingsOnProgram()", () => {
  const keys = { url: "--url", user: "--user", secret: "--secret" };
  const answers = { kind: "answers", name: "aria2", what: "aria2 1.36.0", url: "http://nas.lan/" } as const;
  const of = (folder: Parameters<typeof findingsOnProgram>[0] & { kind: "answers" }) =>
    findingsOnProgram(folder, { keys, language: "en" })
      .slice(1)
      .map(({ area, level, what }) => [area, level, what]);

  test.each([
    ["writable", true, "ok", "aria2 saves files in /srv/films, and this machine has that folder"],
    ["readable", true, "warn", "aria2 saves files in /srv/films, where the server may not write"],
    ["readable", false, "ok", "aria2 saves files in /srv/films, and this machine has that folder"],
    ["missing", true, "warn", "aria2 saves files in /srv/films, which this machine does not have"],
    ["missing", false, "ok", "aria2 saves files in /srv/films, which this machine does not have"],
  ] as const)("judges a folder that is %s here, with parts to delete: %p", (here, partsAreOurs, level, what) => {
    expect(of({ ...answers, folder: { path: "/srv/films", here, partsAreOurs } })).toEqual([["files", level, what]]);
  });

  test("has no finding on a folder that the program does not name", () => {
    expect(of({ ...answers, folder: undefined })).toEqual([]);
  });
});
