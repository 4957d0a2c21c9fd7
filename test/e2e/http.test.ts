import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import dashboard from "../../docs/grafana/dwld-bot.json" with { type: "json" };
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { refusal } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { choose } from "../support/choosing.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const HTTP_TOKEN = "a-token-for-programs";
const OPEN = { DWLD_BOT_HTTP_TOKEN: HTTP_TOKEN };
const LATER = { ...OPEN, DWLD_BOT_DISPATCH_DELAY: "1h" };

async function post(app: TestApp, path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(app.http + path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", authorization: `Bearer ${HTTP_TOKEN}`, ...headers },
  });
  return { status: answer.status, body: await answer.json() };
}

const get = (app: TestApp, path: string) =>
  fetch(app.http + path, { headers: { authorization: `Bearer ${HTTP_TOKEN}` } });

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en", started: true });

/** Sends a message and waits for an answer. */
const greeted = async (app: TestApp) => {
  ann(app).sends("/start");
  await app.api.message(USER, ({ byBot }) => byBot);
};

describe("links over HTTP", () => {
  test("a program's link joins the owner's queue, gets a prompt, and goes to a downloader", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music" });
    const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
    const nas = await app.downloader({ name: "nas" });
    const { status, body } = await post(app, "/links", { links: [{ link: VIDEO, folder: "music" }, { link: "x" }] });
    expect(status).toBe(200);
    expect(body).toEqual({
      links: [
        { link: VIDEO, result: "queued", id: 1 },
        { link: "x", result: "refused", reason: "malformed" },
      ],
    });
    const prompt = await app.api.message(ADMIN, (message) => isAbout(message, VIDEO) && message.buttons.length > 0);
    await choose(app.api, { person: boss, promptId: prompt.id, panel: "Quality", choice: "720p" });
    await boss.presses(prompt.id, "Now");
    const { request } = await nas.waitFor(({ method }) => method === "SetToQueue");
    expect(request).toMatchObject({ link: VIDEO, user_name: `[id${ADMIN}] music`, max_quality: 720 });
    await app.api.gone(ADMIN, prompt.id);
  });

  test("a program can queue a link for a chat with access, and for no other", async () => {
    await using app = await startTestApp(LATER);
    ann(app);
    const links = [USER, 77].map((chat) => ({ link: VIDEO, chat }));
    expect((await post(app, "/links", { links })).body).toEqual({
      links: [
        { link: VIDEO, result: "queued", id: 1 },
        { link: VIDEO, result: "refused", reason: "unknown_chat" },
      ],
    });
    await app.api.message(USER, (message) => isAbout(message, VIDEO) && message.buttons.length > 0);
  });

  test("POST /link answers with the array of the accepted links, as the Go version did", async () => {
    await using app = await startTestApp(LATER);
    const other = "https://vk.com/video1";
    const links = [{ link: VIDEO }, { link: "nonsense" }, { link: other, folder: "" }, { link: VIDEO }];
    expect(await post(app, "/link", { links })).toEqual({ status: 200, body: [VIDEO, other] });
    expect(await post(app, "/link", { link: VIDEO }, { "content-type": "text/plain" })).toEqual({
      status: 200,
      body: [VIDEO],
    });
    expect(await post(app, "/link", { links: ["nonsense"] })).toEqual({ status: 200, body: [] });
    expect(app.logged()).toMatch(/Did not accept links in POST \/link.*malformed/);
  });

  test("a link that was downloaded before is not asked about, since a program cannot answer", async () => {
    await using app = await startTestApp(LATER);
    const nas = await app.downloader({ name: "nas" });
    const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
    await post(app, "/link", { link: VIDEO });
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    await app.api.message(boss, ({ text }) => text.includes("is ready"));
    await post(app, "/links", { links: [{ link: VIDEO }] });
    const again = await app.api.message(boss, ({ text }) => text.includes("Downloaded before: "));
    expect(again.text).toContain("⏳ Sends");
  });

  test("links of POST /link are sent at once, as in the Go version; those of POST /links wait for a choice", async () => {
    await using app = await startTestApp(LATER);
    const nas = await app.downloader({ name: "nas" });
    const other = "https://vk.com/video1";
    await post(app, "/links", { links: [{ link: other }] });
    await post(app, "/link", { link: VIDEO });
    await nas.accepts(VIDEO);
    expect(nas.calls.filter(({ method }) => method === "SetToQueue")).toHaveLength(1);
  });

  test("POST /link accepts any safe folder name, and refuses a request with an unsafe one in words", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films" });
    const nas = await app.downloader({ name: "nas" });
    const folders = ["Hy такоэ", "  Новая папка  ", "films", "a.b & c (2)", "", "и\u0306"];
    const links = folders.map((folder, index) => ({ link: `${VIDEO}${index}`, folder }));
    expect((await post(app, "/link", { links })).body).toEqual(links.map(({ link }) => link));
    for (const { link } of links) await nas.accepts(link);
    const sent = nas.calls.filter(({ method }) => method === "SetToQueue").map(({ request }) => request);
    const names = ["Hy такоэ", "Новая папка", "films", "a.b & c (2)", "films", "й"];
    const wanted = links.map(({ link }, index) => ({ link, user_name: `[id${ADMIN}] ${names[index]}` }));
    for (const one of wanted) expect(sent).toContainEqual(expect.objectContaining(one));
    for (const folder of ["../etc", "a/b", "a\\b", "x".repeat(65), "a\u202eb"]) {
      const { status, body } = await post(app, "/link", { links: [{ link: VIDEO }, { link: `${VIDEO}9`, folder }] });
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining("links[1].folder")]);
    }
    expect((await post(app, "/links", { links: [{ link: VIDEO, folder: "any" }] })).body).toEqual({
      links: [{ link: VIDEO, result: "refused", reason: "unknown_folder" }],
    });
  });

  test("a link that cannot be put into the queue is handed over at once, and the program is told so (rule 4)", async () => {
    await using app = await startTestApp(OPEN);
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    using other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    const nobodys = "https://vk.com/video1";
    expect((await post(app, "/links", { links: [VIDEO, nobodys] })).body).toEqual({
      links: [
        { link: VIDEO, result: "sent", downloader: "nas" },
        { link: nobodys, result: "kept" },
      ],
    });
    expect(nas.accepted).toEqual([VIDEO]);
  });

  test("nobody can post without a token or with a wrong one, and no token is logged", async () => {
    await using app = await startTestApp();
    expect(await post(app, "/links", { links: [VIDEO] })).toMatchObject({ status: 403 });
    await app.restart(OPEN);
    expect(await post(app, "/links", { links: [VIDEO] }, { authorization: "Bearer wrong" })).toMatchObject({
      status: 401,
    });
    expect(await post(app, "/link", { links: [VIDEO] }, { authorization: "" })).toMatchObject({ status: 401 });
    expect(app.logged()).not.toContain(HTTP_TOKEN);
  });

  test("a request that is too large is refused, and the bot goes on", async () => {
    await using app = await startTestApp(LATER);
    const many = Array.from({ length: 101 }, (_, n) => `${VIDEO}${n}`);
    expect(await post(app, "/links", { links: many })).toMatchObject({ status: 400 });
    const huge = await fetch(`${app.http}/links`, {
      method: "POST",
      body: "x".repeat(1024 * 1024),
      headers: { "content-type": "application/json", authorization: `Bearer ${HTTP_TOKEN}` },
    });
    expect(huge.status).toBe(413);
    expect((await post(app, "/links", { links: many.slice(1) })).body).toMatchObject({
      links: Array(100).fill({ result: "queued" }),
    });
  });
});

describe("health over HTTP", () => {
  test("the bot is ready once Telegram has answered, and not while the database cannot be written", async () => {
    let now = Date.now();
    await using app = await startTestApp({}, { now: () => now });
    await greeted(app);
    const ready = await get(app, "/readyz");
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, database: "ok", grpc: "ok", telegram: "ok" },
    ]);
    using other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    // The result of a check is kept for five seconds.
    now += 5_000;
    const unready = await get(app, "/readyz");
    expect(unready.status).toBe(503);
    expect(await unready.json()).toMatchObject({ ready: false, database: "cannot be written: SQLITE_BUSY" });
    expect((await get(app, "/healthz")).status).toBe(200);
  });
});

describe("metrics over HTTP", () => {
  test("count what the bot has done", async () => {
    await using app = await startTestApp(LATER);
    const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
    await app.downloader({ name: "nas" });
    await app.downloader({ name: "abroad", roots: ["vimeo.com"] });
    const backups = join(dirname(app.config.store.path), "backups");
    mkdirSync(backups, { recursive: true });
    writeFileSync(join(backups, "by-hand.db"), "");
    await post(app, "/links", { links: [VIDEO] });
    const prompt = await app.api.message(ADMIN, (message) => isAbout(message, VIDEO) && message.buttons.length > 0);
    await boss.presses(prompt.id, "Now");
    await app.api.gone(ADMIN, prompt.id);
    await greeted(app);
    app.api.user({ id: 5, username: "eve", languageCode: "en" }).sends("hello");
    await app.api.settled();
    const metrics = await (await get(app, "/metrics")).text();
    for (const sample of [
      'dwld_attempts_total{downloader="nas",outcome="accepted"} 1',
      'dwld_downloader_up{downloader="abroad"} 1',
      'dwld_links{state="queued"} 0',
      'dwld_updates_total{kind="message"} 2',
      'dwld_updates_total{kind="callback_query"} 1',
    ])
      expect(metrics.split("\n")).toContain(sample);
    for (const name of [
      "dwld_last_poll_success_timestamp",
      "dwld_last_tick_timestamp",
      "dwld_db_bytes",
      "dwld_backup_age_seconds",
      "dwld_attempt_seconds_count",
    ])
      expect(metrics).toMatch(new RegExp(`^${name} [\\d.e+]+$`, "m"));
  });

  test("count what Telegram and the database refuse", async () => {
    await using app = await startTestApp();
    const blocked = refusal(403, "Forbidden: bot was blocked by the user");
    app.api.fail("sendMessage", blocked, { times: 1, chat: USER });
    ann(app).sends("/help");
    await app.api.waitFor(({ method, params }) => method === "sendMessage" && params.chat_id === USER);
    using other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    ann(app).sends(VIDEO);
    await app.api.message(USER, ({ byBot, text }) => byBot && text.includes("I have noted it"));
    const metrics = await (await get(app, "/metrics")).text();
    expect(metrics).toMatch(/^dwld_telegram_errors_total\{method="sendMessage",code="403"\} 1$/m);
    expect(metrics).toMatch(/^dwld_db_errors_total\{code="SQLITE_BUSY"\} [1-9]/m);
  });

  test("the Grafana dashboard uses metrics that exist, and all of ours", async () => {
    await using app = await startTestApp();
    const metrics = await (await get(app, "/metrics")).text();
    const names = [...metrics.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : name,
    );
    const exprs = dashboard.panels.flatMap((panel) =>
      "targets" in panel ? panel.targets.map(({ expr }) => expr) : [],
    );
    const asked = new Set(exprs.flatMap((expr) => expr.match(/\b(dwld|nodejs|process)_\w+/g) ?? []));
    expect(exprs.length).toBeGreaterThan(15);
    expect([...asked].filter((name) => !names.includes(name))).toEqual([]);
    // And the other way round: it shows everything of ours.
    const ours = names.filter((name) => name.startsWith("dwld_") && !/_(sum|count)$/.test(name));
    expect(ours.filter((name) => !asked.has(name))).toEqual([]);
  });
});

describe("profiles over HTTP", () => {
  test("go tool pprof gets the CPU and heap profiles", async () => {
    await using app = await startTestApp(OPEN);
    const cpu = await get(app, "/debug/pprof/profile?seconds=1");
    const profile = Profile.decode(gunzipSync(await cpu.bytes()));
    expect(profile.sampleType).toHaveLength(2);
    const objects = Profile.decode(gunzipSync(await (await get(app, "/debug/pprof/heap")).bytes()));
    expect(objects.sample.length).toBeGreaterThan(10);
  });

  test("Chrome gets the CPU profile in its own format", async () => {
    await using app = await startTestApp(OPEN);
    const cpuprofile = await (await get(app, "/debug/pprof/profile?seconds=1&format=cpuprofile")).json();
    expect(cpuprofile).toMatchObject({ nodes: expect.any(Array), samples: expect.any(Array) });
  });

  test("Chrome gets the heap snapshot in its own format, without the token", async () => {
    await using app = await startTestApp(OPEN);
    const snapshot = await (await get(app, "/debug/pprof/heap?format=heapsnapshot")).text();
    expect(JSON.parse(snapshot).snapshot.meta.node_fields).toContain("self_size");
    // Also as the source of a regular expression spells it.
    const read = snapshot.replace(/\\+x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
    for (const text of [snapshot, read]) {
      expect(text.includes(app.config.telegram.token)).toBe(false);
      expect(text.includes(HTTP_TOKEN)).toBe(false);
    }
  });

  test("nobody gets one without the token, or with parameters that make no sense", async () => {
    await using app = await startTestApp(OPEN);
    expect((await fetch(`${app.http}/debug/pprof/heap`)).status).toBe(401);
    for (const query of ["seconds=0", "seconds=121", "seconds=1.5", "seconds=x", "format=svg"])
      expect((await get(app, `/debug/pprof/profile?${query}`)).status).toBe(400);
    expect((await get(app, "/debug/pprof/heap?format=cpuprofile")).status).toBe(400);
  });

  test("one is taken at a time", async () => {
    await using app = await startTestApp(OPEN);
    const both = await Promise.all([1, 2].map(() => get(app, "/debug/pprof/profile?seconds=1")));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test("a stop cuts one short, and it is still answered", async () => {
    await using app = await startTestApp(OPEN);
    const both = [119, 120].map((seconds) => get(app, `/debug/pprof/profile?seconds=${seconds}`));
    // One of them is refused, so the other one is running.
    expect((await Promise.race(both)).status).toBe(409);
    await app.stop();
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe("an HTTP address that is taken", () => {
  const taken = () => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });

  test("does not keep the bot from handing links over when programs send none", async () => {
    await using other = taken();
    await using app = await startTestApp({ DWLD_BOT_HTTP_LISTEN: `127.0.0.1:${other.port}` });
    const nas = await app.downloader({ name: "nas" });
    ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    expect(app.logged()).toContain(`Cannot listen for HTTP on 127.0.0.1:${other.port}`);
  });

  test("keeps the bot from starting when programs send links", async () => {
    await using other = taken();
    const starting = startTestApp({ ...OPEN, DWLD_BOT_HTTP_LISTEN: `127.0.0.1:${other.port}` });
    await expect(starting).rejects.toThrow(`Cannot listen for HTTP on 127.0.0.1:${other.port}`);
  });
});
