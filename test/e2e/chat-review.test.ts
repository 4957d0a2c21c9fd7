import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { queueButton } from "../../src/telegram/views/callback-data.ts";
import { ADMIN, OTHER, startTestApp, type TestApp, USER } from "../support/app.ts";
import { ask } from "../support/bot-api/ask.ts";
import { HANG } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { choose } from "../support/choosing.ts";
import { stored } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const FAMILY = -500;
const MINUTE_MS = 60_000;
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: `${USER},${OTHER},${FAMILY}` };
const LONG = (n: number) => `box ${n} `.padEnd(64, "x");

const ann = (app: TestApp) => app.api.user({ id: USER, username: "ann", languageCode: "en", started: true });
const boss = (app: TestApp) => app.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });

function rows(app: TestApp, sql: string): Record<string, unknown>[] {
  using database = new Database(app.config.store.path, { readonly: true });
  return database.query<Record<string, unknown>, []>(sql).all();
}

describe("in a group, where everybody can read,", () => {
  test("nobody is shown everyone's links, not even an admin", async () => {
    await using app = await startTestApp(LATER);
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const [person, admin] = [ann(app), boss(app)];
    person.sends(VIDEO);
    await said(app, person, VIDEO);
    admin.sends("/queue", { in: family });
    const queue = await said(app, family, "The queue is empty");
    expect(queue.buttons.flat().map(({ text }) => text)).toEqual(["🔄 Refresh"]);
    const everyones = queueButton.pack({ action: "page", page: 0, all: true });
    await admin.presses(queue.id, everyones, { in: family, forged: true });
    admin.sends("/links all", { in: family });
    await said(app, family, "No links in progress");
    admin.sends("/links all");
    await said(app, admin, VIDEO);
    const shown = app.api.calls.filter(({ params }) => Number(params.chat_id) === FAMILY);
    expect(shown.filter(({ params }) => String(params.text).includes(VIDEO))).toEqual([]);
  });

  test("what people say to the bot stays, and only their commands are deleted", async () => {
    await using app = await startTestApp(LATER);
    const family = app.api.group({ id: FAMILY, title: "Family" });
    const person = ann(app);
    person.sends("/help", { in: family });
    const help = await said(app, family, "Commands:");
    person.sends("thanks!", { in: family, replyTo: help.id });
    await said(app, family, "Send me links");
    await app.api.settled();
    const own = app.api.messages(family).filter(({ byBot }) => !byBot);
    const planned = rows(app, `select message_id from deletions where chat_id = ${FAMILY}`).map(
      (row) => row.message_id,
    );
    expect(own.map(({ id, text }) => [text, planned.includes(id)])).toEqual([
      ["/help", true],
      ["thanks!", false],
    ]);
  });

  test("a group whose owner cannot be reached is told its own id", async () => {
    await using app = await startTestApp(LATER);
    const others = app.api.group({ id: -700, title: "Others" });
    const stranger = app.api.user({ id: 666, languageCode: "ru" });
    stranger.sends("/help", { in: others });
    await said(
      app,
      others,
      "У этой группы нет доступа к боту, а связаться с владельцем сейчас не удаётся. Id группы: -700.",
    );
  });
});

describe("Telegram's limits", () => {
  test("allow the answer to /remove for twenty long links at a downloader with a long name", async () => {
    await using app = await startTestApp();
    const box = await app.downloader({ name: LONG(1) });
    const [person, other] = [ann(app), app.api.user({ id: OTHER, started: true })];
    const links = Array.from({ length: 20 }, (_, n) => `https://a.example/${"p".repeat(100)}${n}`);
    for (const owner of [person, other]) owner.sends(links.join("\n"));
    await Promise.all(links.map((link) => box.accepts(link)));
    for (const { id } of [person, other]) {
      await app.api.waitFor(({ method, params }) => method === "deleteMessages" && params.chat_id === id);
    }
    person.sends(`/remove ${links.join(" ")}`);
    expect((await said(app, person, "Removed for you")).text).toMatch(/and \d links? more$/);
  });

  test("allow a keyboard of 100 buttons: further folders are not offered", async () => {
    const folders = Array.from({ length: 120 }, (_, n) => `folder${n}`).join(",");
    await using app = await startTestApp({ ...LATER, DWLD_BOT_FOLDERS: folders });
    const person = ann(app);
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO);
    await choose(app.api, { person, promptId: prompt.id, panel: "Folder", choice: "folder59" });
    await said(app, person, "folder: folder59");
    person.sends("/settings");
    await said(app, person, "Default folder: folder0");
  });
});

test("a link after a command that the person may not use is not queued", async () => {
  await using app = await startTestApp(LATER);
  const person = ann(app);
  person.sends(`/where ${VIDEO}`);
  await said(app, person, "Send me links");
  expect(rows(app, "select url from links")).toEqual([]);
});

test("an edit that waits for its turn is dropped once the link was sent", async () => {
  await using app = await startTestApp(LATER);
  const nas = await app.downloader({ name: "nas" });
  const person = ann(app);
  person.sends(VIDEO);
  const prompt = await said(app, person, VIDEO);
  person.sends("/help");
  const held = app.api.fail("sendMessage", HANG, { chat: USER });
  person.sends("/help");
  await app.api.waitFor(() => held.hits > 0);
  await person.presses(prompt.id, "Now");
  await nas.accepts(VIDEO);
  // Until the bot has heard that, the link is being sent, and its prompt may say so.
  await stored(app, "select id from links", (links) => links.length === 0);
  held.release();
  await app.api.gone(person, prompt.id);
  expect(app.api.calls.filter(({ method }) => method === "editMessageText")).toEqual([]);
});

test("the news of a named download from a host without a dot is sent", async () => {
  await using app = await startTestApp({ DWLD_BOT_LINKS_ALLOW_PRIVATE: "true" });
  const nas = await app.downloader({ name: "nas" });
  const person = ann(app);
  person.sends("http://kitchen/film");
  await nas.accepts("http://kitchen/film");
  nas.change("http://kitchen/film", { name: "Film" });
  nas.finish("http://kitchen/film");
  expect((await said(app, person, "is ready")).text).toContain("Film");
});

test("a chat that prefers reactions gets a message about a link that came without one", async () => {
  const token = "a-token-for-programs-of-the-house";
  await using app = await startTestApp({ DWLD_BOT_HTTP_TOKEN: token });
  const nas = await app.downloader({ name: "nas" });
  const admin = boss(app);
  admin.sends("/settings");
  await admin.presses((await said(app, admin, "Settings")).id, "👌 Reaction");
  const posted = await fetch(`${app.http}/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ links: [{ link: VIDEO }] }),
  });
  expect(posted.status).toBe(200);
  await nas.accepts(VIDEO);
  nas.finish(VIDEO);
  await said(app, admin, "is ready");
});

test("a person can still read a day later that he was let in", async () => {
  let now = Date.now();
  await using app = await startTestApp(LATER, { now: () => now });
  const stranger = app.api.user({ id: 666, languageCode: "en" });
  const admin = boss(app);
  stranger.sends("/start");
  const request = await said(app, admin, "asks for access");
  await admin.presses(request.id, "Let in");
  const letIn = await said(app, stranger, "You have access now");
  await app.api.settled();
  await app.stop();
  now += 24 * 60 * MINUTE_MS;
  await app.restart();
  await app.api.gone(admin, request.id);
  await app.stop();
  expect(app.api.messages(stranger).map(({ id }) => id)).toContain(letIn.id);
});

test("a test fails when Telegram refused a call that the test does not expect", async () => {
  const refusedWith = async (mayRefuse?: RegExp): Promise<unknown> => {
    const app = await startTestApp(LATER, { ...(mayRefuse && { mayRefuse }) });
    ann(app);
    await ask(app.api, "editMessageText", { chat_id: USER, message_id: 9, text: "x" }).catch(() => undefined);
    return Promise.resolve(app[Symbol.asyncDispose]()).catch((error: unknown) => error);
  };
  expect(String(await refusedWith())).toContain("editMessageText: Bad Request: message to edit not found");
  expect(await refusedWith(/message to edit not found/)).toBeUndefined();
});
