import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { status } from "@grpc/grpc-js";
import { UNDO_MS } from "../../src/service/queue/queue.ts";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import { choose } from "../support/choosing.ts";
import { startDownloader } from "../support/downloader.ts";
import { stored } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h" };

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en" });
const bob = (app: TestApp) => app.api.user({ id: OTHER, username: "bob", languageCode: "en" });
const boss = (app: TestApp) => app.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
const promptOf = (app: TestApp, chat: { id: number }, link = VIDEO) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, link) && message.buttons.length > 0, {
    what: `the prompt of ${link}`,
  });
const chosen = (message: { buttons: readonly (readonly { text: string }[])[] }) =>
  message.buttons.flat().flatMap(({ text }) => (text.startsWith("✅ ") ? [text.slice(2)] : []));

/** The rows of a table, as another program sees them. */
function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

describe("the sixteen rules", () => {
  test("1. joins the person's chat and the downloaders, and downloads nothing itself", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    // There is no such machine: whoever tried to download it would fail.
    const link = "http://films.example:9/film.mp4";
    ann(app).sends(link);
    await nas.accepts(link);
    expect(nas.accepted).toEqual([link]);
  });

  test("2. keeps in the database everything needed to send a link and to talk about it", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music" });
    const message = ann(app).sends(VIDEO);
    const prompt = await promptOf(app, { id: USER });
    await app.stop();
    const [row] = rows(app, "select * from links");
    expect(row).toMatchObject({
      url: VIDEO,
      quality: "best",
      folder: "films",
      chat_id: USER,
      message_id: message.message_id,
      prompt_id: prompt.id,
      attempts: 0,
      last_error: null,
    });
    expect(Number(row?.send_at)).toBe(Number(row?.created_at) + 3_600_000);
  });

  test("3. takes what is due at every interval, and nothing before its time", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    await promptOf(app, person);
    person.sends("https://youtube.com/watch?v=2");
    await promptOf(app, person, "v=2");
    await app.api.settled();
    expect(nas.accepted).toEqual([]);
    now += 3_600_001;
    await nas.accepts(VIDEO);
    await nas.accepts("https://youtube.com/watch?v=2");
    expect(nas.accepted.toSorted()).toEqual([VIDEO, "https://youtube.com/watch?v=2"]);
  });

  test("4. hands a link over at once, and says so, when it cannot be put into the queue", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    using other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    const told = await app.api.message(USER, ({ byBot, text }) => byBot && text.includes("“nas”"));
    expect(told.text).toContain(VIDEO);
    other.run("ROLLBACK");
    ann(app).sends("https://youtube.com/watch?v=2");
    await nas.accepts("https://youtube.com/watch?v=2");
    expect(nas.accepted).toHaveLength(2);
  });

  test("4. says that a link is not saved when it can be written nowhere and nobody takes it", async () => {
    await using app = await startTestApp();
    mkdirSync(`${app.config.store.path}.direct`);
    using other = new Database(app.config.store.path);
    other.run("BEGIN IMMEDIATE");
    const message = ann(app).sends(VIDEO);
    const told = await app.api.message(USER, ({ byBot, text }) => byBot && text.includes("not saved"));
    expect(told.text).toContain(VIDEO);
    expect(told.replyTo).toBe(message.message_id);
  });

  test("5. puts a link that nobody took back with a later time, and shows why on its prompt", async () => {
    const now = Date.now();
    await using app = await startTestApp(
      { DWLD_BOT_DISPATCH_BACKOFF_FIRST: "1h", DWLD_BOT_DISPATCH_BACKOFF_CAP: "6h" },
      { now: () => now },
    );
    await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "disk is full" } });
    ann(app).sends(VIDEO);
    await app.api.message(USER, ({ text }) => text.includes("Could not send it (1 try). “nas” answered: disk is full"));
    const [row] = rows(app, "select * from links");
    expect(row).toMatchObject({ state: "queued", attempts: 1 });
    expect(JSON.parse(String(row?.last_error))).toEqual({ reason: "refused", downloader: "nas", says: "disk is full" });
    const waitMs = Number(row?.send_at) - now;
    expect(waitMs).toBeGreaterThanOrEqual(0.8 * 3_600_000);
    expect(waitMs).toBeLessThanOrEqual(1.2 * 3_600_000);
  });

  test("5. gives up after the last attempt, keeps the link, and brings it back at a press", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "3" });
    const nas = await app.downloader({ name: "nas", mode: { code: status.UNKNOWN, details: "no" } });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await app.api.message(person, ({ text }) => text.includes("Could not send it (3 tries)"));
    expect(nas.calls.filter(({ method }) => method === "SetToQueue")).toHaveLength(3);
    nas.mode = "ok";
    await person.presses(prompt.id, "Retry");
    await nas.accepts(VIDEO);
    await app.api.gone(person, prompt.id);
  });

  test("6. lets the owner change the quality and the folder on the prompt, in place, until it is sent", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: "films,music" });
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app, person);
    const on = { person, promptId: prompt.id };
    await choose(app.api, { ...on, panel: "Quality: best", choice: "720p" });
    await app.api.message(person, (message) => isAbout(message, "Quality: 720p"));
    await choose(app.api, { ...on, panel: "Folder: films", choice: "music" });
    const edited = await app.api.message(person, ({ text }) => text.includes("Quality: 720p · folder: music"));
    expect(edited.id).toBe(prompt.id);
    await person.presses(prompt.id, "Quality: 720p");
    await app.api.message(person, (message) => chosen(message).join() === "720p");
    await person.presses(prompt.id, "Back");
    await app.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text === "Folder: music"));
    await person.presses(prompt.id, "Now");
    await nas.accepts(VIDEO);
    const call = await nas.waitFor(({ method }) => method === "SetToQueue");
    expect(call.request).toEqual({ link: VIDEO, user_name: "[ann] music", max_quality: 720 });
  });

  test("6. answers a press during and after the sending, and changes nothing", async () => {
    await using app = await startTestApp({ DWLD_BOT_DISPATCH_DEADLINE: "30s" });
    const nas = await app.downloader({ name: "nas", mode: "slow" });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await promptOf(app, person);
    await nas.waitFor(({ method }) => method === "SetToQueue");
    expect((await person.presses(prompt.id, "Tonight")).text).toBe("Already being sent");
    expect((await person.presses(prompt.id, "Now")).text).toBe("Already being sent");
    nas.release();
    await app.api.gone(person, prompt.id);
    const late = await person.presses(prompt.id, "Tonight", { deleted: true });
    expect(late.text).toBe("Already sent to “nas”");
    expect(rows(app, "select * from links")).toEqual([]);
    expect(nas.accepted).toEqual([VIDEO]);
  });

  test("7. takes the default quality from the config, unless the chat has set its own", async () => {
    await using app = await startTestApp({ ...LATER, DWLD_BOT_QUALITY_DEFAULT: "1080" });
    const person = ann(app);
    person.sends(VIDEO);
    expect((await promptOf(app, person)).text).toContain("Quality: 1080p");
    person.sends("/settings");
    const settings = await app.api.message(person, ({ text }) => text.includes("Default quality: 1080p"));
    await person.presses(settings.id, "480p");
    await app.api.message(person, ({ text }) => text.includes("Default quality: 480p"));
    person.sends("https://youtube.com/watch?v=2");
    expect((await promptOf(app, person, "v=2")).text).toContain("Quality: 480p");
    const other = bob(app);
    other.sends(VIDEO);
    expect((await promptOf(app, other)).text).toContain("Quality: 1080p");
  });

  test("8. shows a chat only its own links, and obeys it only for those", async () => {
    await using app = await startTestApp(LATER);
    const [first, second] = [ann(app), bob(app)];
    first.sends(VIDEO);
    const prompt = await promptOf(app, first);
    second.sends("https://youtube.com/watch?v=2");
    const others = await promptOf(app, second, "v=2");
    second.sends("/queue");
    const queue = await app.api.message(second, ({ text }) => text.includes("1 link in the queue"));
    expect(queue.text).toContain("v=2");
    expect(queue.text).not.toContain("v=1");
    // A modified client can send any callback data from its own chat.
    for (const button of prompt.buttons.flat()) {
      const answer = await second.presses(others.id, button.callback_data ?? "", { forged: true });
      expect(answer.text).toBe("You have no such link");
    }
    expect(rows(app, "select quality, state, send_at > created_at as later from links where chat_id = 1001")).toEqual([
      { quality: "best", state: "queued", later: 1 },
    ]);
  });

  test("9. lets an admin see and manage everything, a user only their own links, and a stranger nothing", async () => {
    let now = Date.now();
    await using app = await startTestApp(LATER, { now: () => now });
    const [person, admin] = [ann(app), boss(app)];
    const stranger = app.api.user({ id: 666, username: "eve", languageCode: "en" });
    person.sends(VIDEO);
    const prompt = await promptOf(app, person);
    admin.sends("/queue");
    const queue = await app.api.message(admin, (message) => isAbout(message, VIDEO));
    expect((await admin.presses(queue.id, "1 🗑 Remove")).text).toBe("Link removed");
    now += UNDO_MS;
    await app.api.gone(person, prompt.id);
    expect(rows(app, "select * from links")).toEqual([]);

    stranger.sends(VIDEO);
    const refused = await app.api.message(stranger, ({ byBot }) => byBot);
    expect(refused.text).toContain("no access to this bot yet. I have asked the owner");
    stranger.sends("/queue");
    const forged = await stranger.presses(refused.id, prompt.buttons[0]?.[0]?.callback_data ?? "", { forged: true });
    expect(forged.text).toBe("You have no access");
    await app.api.settled();
    expect(app.api.messages(stranger).flatMap(({ byBot, text }) => (byBot ? text : []))).toEqual([
      refused.text,
      "The owner has not answered yet. The answer will come here.",
    ]);
    expect(rows(app, "select * from links")).toEqual([]);
  });

  test("10. keeps a gRPC server up on which downloaders register, whether Telegram is there or not", async () => {
    await using app = await startTestApp();
    await app.api.closes();
    await app.downloader({ name: "nas", roots: ["youtube.com", " VK.com/video "] });
    const [row] = rows(app, "select name, roots from downloaders");
    expect(row).toEqual({ name: "nas", roots: '["youtube.com","vk.com/video"]' });
    await using wrong = await startDownloader({ name: "wrong" });
    await expect(wrong.register(app.address, { host: "unix:/run/x" })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  test("11. keeps one entry per name, replaced by each registration, for ever and across restarts", async () => {
    await using app = await startTestApp();
    await app.downloader({ name: "nas", roots: ["a.com"] });
    const nas = await app.downloader({ name: "nas", roots: ["b.com"] });
    expect(rows(app, "select name, roots, port from downloaders")).toEqual([
      { name: "nas", roots: '["b.com"]', port: nas.port },
    ]);
    await app.restart();
    ann(app).sends("https://b.com/1");
    await nas.accepts("https://b.com/1");
  });

  test("12. renews the record at each exchange, and calls a new address from the very next attempt on", async () => {
    await using app = await startTestApp();
    const old = await app.downloader({ name: "nas" });
    const person = ann(app);
    const first = person.sends(VIDEO);
    // Accepted, and heard to be: a downloader that goes before its answer comes may have the link.
    await app.api.gone(person, first.message_id);
    old.closes();
    person.sends("https://youtube.com/watch?v=2");
    await app.api.message(USER, ({ text }) => text.includes("“nas” cannot be reached"));
    const moved = await app.downloader({ name: "nas" });
    expect(moved.port).not.toBe(old.port);
    await moved.accepts("https://youtube.com/watch?v=2");
    expect(old.accepted).toEqual([VIDEO]);
    await app.stop();
    const [row] = rows(app, "select port, failures, last_seen_at >= registered_at as renewed from downloaders");
    expect(row).toEqual({ port: moved.port, failures: 0, renewed: 1 });
  });

  test("13. takes an accepted link out of the queue and records the delivery", async () => {
    await using app = await startTestApp();
    const nas = await app.downloader({ name: "nas" });
    const message = ann(app).sends(VIDEO);
    await nas.accepts(VIDEO);
    await app.api.gone(USER, message.message_id);
    expect(rows(app, "select * from links")).toEqual([]);
    expect(rows(app, "select chat_id, url, downloader, state from deliveries")).toEqual([
      { chat_id: USER, url: VIDEO, downloader: "nas", state: "open" },
    ]);
  });

  test("14. routes by the downloaders' roots, and by the operator's routes before them", async () => {
    const routes = JSON.stringify([{ match: "vimeo.com/secret", downloaders: ["home"] }]);
    await using app = await startTestApp({ DWLD_BOT_ROUTES: routes });
    const tube = await app.downloader({ name: "tube", roots: ["youtube.com", "vimeo.com"] });
    const home = await app.downloader({ name: "home", roots: ["vk.com/video"] });
    const links = {
      tube: ["https://www.YouTube.com/watch?v=1", "https://m.youtube.com:443/x", "https://vimeo.com/secrets"],
      home: ["https://vk.com/video/1", "https://vimeo.com/secret/1"],
      nobody: ["https://evil-youtube.com/1", "https://youtube.com.evil.com/1", "https://vk.com/videos"],
    };
    const person = ann(app);
    for (const link of Object.values(links).flat()) person.sends(link);
    for (const link of links.tube) await tube.accepts(new URL(link).href);
    for (const link of links.home) await home.accepts(link);
    for (const link of links.nobody) {
      await app.api.message(
        person,
        (message) => isAbout(message, link) && message.text.includes("No server for this site"),
      );
    }
    // They are handed over at the same time.
    expect(tube.accepted.toSorted()).toEqual(links.tube.map((link) => new URL(link).href).toSorted());
    expect(home.accepted.toSorted()).toEqual(links.home.toSorted());
  });

  test("14. lets a link that matches nobody wait, at no cost, until a downloader registers that takes it", async () => {
    await using app = await startTestApp();
    const person = ann(app);
    person.sends(VIDEO);
    await app.api.message(person, ({ text }) => text.includes("No server for this site"));
    await app.downloader({ name: "vk", roots: ["vk.com"] });
    // Its prompt may say so before the first tick that finds nobody.
    await stored(app, "select state from links", ([link]) => link?.state === "unmatched");
    expect(rows(app, "select attempts from links")).toEqual([{ attempts: 0 }]);
    const tube = await app.downloader({ name: "tube", roots: ["youtube.com"] });
    await tube.accepts(VIDEO);
  });

  test("15. deletes the prompt and the person's message once the last of their links has been sent", async () => {
    await using app = await startTestApp(LATER);
    await app.downloader({ name: "nas" });
    const person = ann(app);
    const message = person.sends(`1. ${VIDEO}\n2. https://youtube.com/watch?v=2`);
    const prompt = await promptOf(app, person, "v=2");
    await person.presses(prompt.id, "One of them");
    await app.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text.startsWith("1. ")));
    await person.presses(prompt.id, "1. youtube.com");
    await app.api.message(person, ({ text }) => text.startsWith("Link 1 of 2"));
    await person.presses(prompt.id, "Now");
    await app.api.message(person, ({ text }) => text.includes("Sent to “nas”"));
    const left = () => app.api.messages(person).filter(({ text }) => !text.startsWith("In progress"));
    expect(left().map(({ id }) => id)).toEqual([message.message_id, prompt.id]);
    await person.presses(prompt.id, "Now");
    await app.api.gone(person, prompt.id);
    await app.api.gone(person, message.message_id);
    expect(left()).toEqual([]);
  });

  test("16. draws the order of the matching downloaders anew for each link, and tries them until one accepts", async () => {
    await using app = await startTestApp();
    const names = ["a", "b", "c"];
    const down = await Promise.all(
      names.slice(1).map((name) => app.downloader({ name, mode: { code: status.UNKNOWN, details: "no" } })),
    );
    const up = await app.downloader({ name: "a" });
    const person = ann(app);
    const links = Array.from({ length: 30 }, (_, index) => `https://youtube.com/watch?v=${index}`);
    for (const link of links) person.sends(link);
    for (const link of links) await up.accepts(link);
    const triedFirst = down.map(({ calls }) => calls.filter(({ method }) => method === "SetToQueue").length);
    // Each is tried before "a" for about half of the links: all or none of 30 has a chance of 1 in a billion.
    for (const times of triedFirst) {
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThan(30);
    }
    expect(rows(app, "select * from links where attempts > 0")).toEqual([]);
  });
});
