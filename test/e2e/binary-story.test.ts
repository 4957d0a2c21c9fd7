import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN, createBinaryRig, TOKEN, USERS } from "../support/binary.ts";
import { BAD_GATEWAY, HALF_JSON, HANG, RESET } from "../support/bot-api/faults.ts";
import { choose } from "../support/choosing.ts";
import type { FakeDownloader } from "../support/downloader.ts";

const LINK = "https://youtube.com/watch?v=1";
/** Nobody listens there. */
const DEAD_PROXY = "http://127.0.0.1:9";

/** The submissions to a downloader, which may also be asked how they go. */
const submissionsTo = ({ calls }: FakeDownloader) =>
  calls.filter(({ method }) => method === "SetToQueue").map(({ request }) => request);

describe("the compiled bot", () => {
  test("does its whole job with a token and one admin, and leaves only its database and a backup behind", async () => {
    await using rig = createBinaryRig();
    rmSync(join(rig.folder, "config.yaml"));
    writeFileSync(join(rig.folder, "small.yaml"), `telegram: { token: "${TOKEN}", admins: [${ADMIN}] }\n`);
    const life = rig.spawn(
      {
        DWLD_BOT_TELEGRAM_API_ROOTS: rig.api.root,
        DWLD_BOT_GRPC_LISTEN: "127.0.0.1:0",
        DWLD_BOT_LOG_FORMAT: "json",
      },
      ["run", "--config", "small.yaml"],
    );
    const nas = await rig.downloader(life, { name: "nas", roots: ["youtube.com"] });
    const admin = rig.api.user({ id: ADMIN, username: "ann", languageCode: "en" });
    const message = admin.sends(LINK);
    const prompt = await rig.api.message(admin, ({ buttons }) => buttons.length > 0);
    await choose(rig.api, { person: admin, promptId: prompt.id, panel: "Quality", choice: "720p" });
    await admin.presses(prompt.id, "Now");
    await nas.accepts(LINK);
    await rig.api.gone(admin, message.message_id);
    await rig.api.gone(admin, prompt.id);
    expect(submissionsTo(nas)).toEqual([expect.objectContaining({ link: LINK, user_name: "[ann]", max_quality: 720 })]);
    expect(await life.stop()).toBe(0);
    expect(readdirSync(rig.folder).sort()).toEqual([
      "backups",
      "dwld-bot.db",
      "dwld-bot.db.known",
      "dwld-bot.db.lock",
      "small.yaml",
    ]);
  });

  test("keeps links, choices and downloaders over restarts", async () => {
    await using rig = createBinaryRig({ config: { dispatch: { interval: "50ms", delay: "1h" } } });
    const first = await rig.start();
    const nas = await rig.downloader(first, { name: "nas" });
    const ann = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
    const message = ann.sends(LINK);
    const prompt = await rig.api.message(ann, ({ buttons }) => buttons.length > 0);
    await choose(rig.api, { person: ann, promptId: prompt.id, panel: "Quality", choice: "480p" });
    expect(await first.stop()).toBe(0);
    await (await rig.start()).kill();
    const third = await rig.start();
    expect(await third.stop()).toBe(0);
    await rig.start();
    await ann.presses(prompt.id, "Now");
    await nas.accepts(LINK);
    await rig.api.gone(ann, message.message_id);
    expect(submissionsTo(nas).map(({ max_quality }) => max_quality)).toEqual([480]);
  });

  test("hands links over while Telegram is down, and deletes their messages when it is back", async () => {
    await using rig = createBinaryRig();
    const first = await rig.start();
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    const message = ann.sends(LINK);
    await rig.api.message(ann, ({ text }) => text.includes("No server for this site"));
    await first.kill();
    await rig.api.closes();
    const second = await rig.start();
    await second.says("Cannot get updates");
    const nas = await rig.downloader(second, { name: "nas" });
    await nas.accepts(LINK);
    await second.says("Handed link 1 to");
    await rig.api.reopens();
    await rig.api.gone(ann, message.message_id);
  });

  test.each([
    ["is refused", undefined],
    ["gets HTML", BAD_GATEWAY],
    ["gets half an answer", HALF_JSON],
    ["is cut off", RESET],
    ["is never answered", HANG],
  ])("prints no token when Telegram %s, and goes on afterwards", async (_, fault) => {
    await using rig = createBinaryRig();
    if (fault === undefined) await rig.api.closes();
    const armed = fault && rig.api.fail("*", fault);
    const life = await rig.start({ DEBUG: "*" });
    if (fault === HANG) await rig.api.waitFor(({ response }) => response === undefined);
    else await life.says("Cannot get updates");
    if (fault === undefined) await rig.api.reopens();
    armed?.release();
    const ann = rig.api.user({ id: USERS[0], languageCode: "en" });
    ann.sends("hello");
    await rig.api.message(ann, ({ byBot }) => byBot);
    expect(await life.stop()).toBe(0);
  });

  test("calls downloaders past the proxy of the environment", async () => {
    await using rig = createBinaryRig();
    const life = await rig.start({ https_proxy: DEAD_PROXY, HTTPS_PROXY: DEAD_PROXY, grpc_proxy: DEAD_PROXY });
    const nas = await rig.downloader(life, { name: "nas", host: "localhost" });
    rig.api.user({ id: USERS[0], languageCode: "en" }).sends(LINK);
    await nas.accepts(LINK);
  });

  test("prints no token when the proxy of the environment is dead", async () => {
    await using rig = createBinaryRig();
    const life = await rig.start({ http_proxy: DEAD_PROXY, HTTP_PROXY: DEAD_PROXY });
    await life.says("Cannot get updates");
    expect(await life.stop()).toBe(0);
  });

  test("ignores a .env and a bunfig.toml in the folder that it starts in", async () => {
    await using rig = createBinaryRig();
    writeFileSync(join(rig.folder, ".env"), "DWLD_BOT_LOG_LEVEL=nonsense\n");
    writeFileSync(join(rig.folder, "bunfig.toml"), 'preload = ["./absent.js"]\n');
    const life = await rig.start();
    expect(await life.stop()).toBe(0);
  });

  test("needs nothing but itself: no config, no home, no temporary folder", async () => {
    const empty = mkdtempSync(join(tmpdir(), "dwld-bot-empty-"));
    await using rig = createBinaryRig();
    const life = rig.spawn({ TMPDIR: "/nonexistent", DWLD_BOT_STORE_PATH: join(empty, "deep/er/links.db") });
    await life.address();
    expect(await life.stop()).toBe(0);
    expect(readdirSync(join(empty, "deep/er")).sort()).toEqual([
      "backups",
      "links.db",
      "links.db.known",
      "links.db.lock",
    ]);
    rmSync(empty, { recursive: true });
  });
});
