import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { startTestApp, type TestApp } from "../support/app.ts";
import { HANG, refusal } from "../support/bot-api/faults.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { createClock } from "../support/clock.ts";

const YARD = -1_001_000_000_500;
const [MAX, LENA] = [2001, 2002];
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: String(YARD) };
const MINUTE_MS = 60_000;
/** Bot API: how long after somebody's action a bot that is no admin may answer them alone. */
const ELIGIBLE_MS = 15_000;

const said = (app: TestApp, part: string, chat: ChatRef = { id: YARD, seenBy: MAX }) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });
const triedAside = (app: TestApp) =>
  app.api.calls.filter(({ params }) => params.ephemeral_message_parameters !== undefined).length;

/** A group that has its menu; `asks` sends what one of its members asks so that nobody else sees it. */
async function yardOf(app: TestApp, languageCode = "en") {
  const yard = app.api.group({ id: YARD, title: "Yard" });
  const max = app.api.user({ id: MAX, username: "max", languageCode });
  const lena = app.api.user({ id: LENA, username: "lena", languageCode });
  lena.sends("hi", { in: yard });
  const hasMenu = () => app.api.commands(`chat:${YARD}`).length > 0;
  await app.api.waitFor(hasMenu, { what: "the menu of the group" });
  const asks = (text: string, replyTo?: number) =>
    max.sends(text, { in: yard, ephemeral: true, ...(replyTo !== undefined && { replyTo }) });
  return { yard, max, lena, where: { in: yard }, asks };
}

/** The first lines of what the bot has said for everybody. */
const inPublic = (app: TestApp) =>
  app.api.messages(YARD).flatMap(({ byBot, text }) => (byBot ? (text.split("\n")[0] ?? "") : []));

describe("a question that only the asker sees", () => {
  for (const { language, pages, empty, next } of [
    { language: "en", pages: ["page 1 of 3", "page 2 of 3"], empty: "No server has registered", next: "Next page" },
    { language: "ru", pages: ["страница 1 из 3", "страница 2 из 3"], empty: "Ни один сервер", next: "Следующая" },
  ] as const) {
    test(`is answered to the asker alone, page by page (${language})`, async () => {
      await using app = await startTestApp(LATER);
      const { lena, max, where, asks } = await yardOf(app, language);
      for (let n = 1; n <= 12; n++) lena.sends(`https://x.org/${n}`, where);
      await said(app, "x.org/12", YARD);
      const before = inPublic(app);
      asks("/queue");
      const list = await said(app, pages[0]);
      await max.presses(list.id, next, where);
      expect((await said(app, pages[1])).id).toBe(list.id);
      asks("/status");
      await said(app, empty);
      expect(inPublic(app)).toEqual(before);
      expect(app.api.messages({ id: YARD, seenBy: LENA })).toEqual(app.api.messages(YARD));
    });
  }

  test("gets an answer that stays up to date and can be refreshed in place, also after a restart", async () => {
    await using app = await startTestApp(LATER);
    const { max, where, asks } = await yardOf(app);
    asks("/status");
    const { id } = await said(app, "No server has registered");
    await app.downloader({ name: "nas" });
    expect((await said(app, "nas")).id).toBe(id);
    await app.restart();
    await app.downloader({ name: "attic" });
    await max.presses(id, "Refresh", where);
    expect((await said(app, "attic")).id).toBe(id);
    expect(inPublic(app)).toEqual([]);
  });

  test("changes the settings, by a press and by a typed answer", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, where, asks } = await yardOf(app);
    asks("/settings");
    await said(app, "Only the admins of this group");
    yard.promotes(max);
    asks("/settings");
    const { id } = await said(app, "Settings of this chat");
    await max.presses(id, "720p", where);
    expect((await said(app, "Default quality: 720p")).id).toBe(id);
    await max.presses(id, "Time zone", where);
    await max.presses(id, "Another time zone", where);
    const question = await said(app, "Which time zone?");
    asks("Berlin", question.id);
    await said(app, "Time zone: Europe/Berlin");
    expect(inPublic(app)).toEqual([]);
  });

  test("is not a message of the chat: nothing is stored about it, but a link in it is queued like any other", async () => {
    await using app = await startTestApp(LATER);
    const { asks } = await yardOf(app);
    asks("/queue");
    const list = await said(app, "The queue is empty");
    for (const n of [1, 2]) {
      asks(`https://x.org/${n}`, list.id);
      await said(app, `x.org/${n}`, YARD);
    }
    expect(inPublic(app)).toHaveLength(2);
    using database = new Database(app.config.store.path, { readonly: true });
    for (const table of ["deletions", "links", "intake"])
      expect(database.query(`select * from ${table} where message_id = 0`).all()).toEqual([]);
  });

  test("is answered for all to see by an older Bot API server, and asides are not tried again for a while", async () => {
    const clock = createClock();
    const staying = { ...LATER, DWLD_BOT_LIFETIMES_ANSWERS: "1h" };
    await using app = await startTestApp(staying, { now: clock.now, wait: clock.wait });
    const { lena, where, asks } = await yardOf(app);
    app.api.knowsEphemeral = false;
    asks("/queue");
    await said(app, "The queue is empty", YARD);
    // By then the bot has heard how its first answer went, because a chat's messages are sent one after another.
    lena.sends("/help", where);
    await said(app, "Commands:", YARD);
    asks("/queue");
    await app.api.message(YARD, () => inPublic(app).length === 3);
    expect(triedAside(app)).toBe(1);
    app.api.knowsEphemeral = true;
    clock.advance(10 * MINUTE_MS);
    asks("/queue");
    const aside = (id: number) => app.api.messages(YARD).every((message) => message.id !== id);
    await app.api.message({ id: YARD, seenBy: MAX }, ({ id, byBot }) => byBot && aside(id));
    expect(inPublic(app)).toHaveLength(3);
  });

  test("is answered for all to see where the answer comes too late and the bot is no admin", async () => {
    const clock = createClock();
    const mayRefuse = /to be replied not found|BOT_NOT_ADMIN/;
    await using app = await startTestApp(LATER, { now: clock.now, wait: clock.wait, mayRefuse });
    const { yard, asks } = await yardOf(app);
    yard.demotesBot();
    asks("/queue");
    await said(app, "The queue is empty");
    expect(inPublic(app)).toEqual([]);
    const late = app.api.fail("sendMessage", HANG, { times: 1 });
    asks("/status");
    await app.api.waitFor(() => late.hits === 1);
    clock.advance(ELIGIBLE_MS + 1_000);
    late.release();
    await said(app, "No server has registered", YARD);
  });

  test("gets a new answer where the old one can no longer be edited", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, where, asks } = await yardOf(app);
    yard.demotesBot();
    asks("/status");
    const { id } = await said(app, "No server has registered");
    const gone = refusal(400, "Bad Request: message to edit not found");
    app.api.fail("editEphemeralMessageText", gone, { times: 1 });
    await max.presses(id, "Refresh", where);
    await app.api.message({ id: YARD, seenBy: MAX }, (message) => message.byBot && message.id > id);
    expect(inPublic(app)).toEqual([]);
  });
});

test("an ordinary command in a group is answered for all to see, and private chats offer no asides", async () => {
  await using app = await startTestApp({ ...LATER, DWLD_BOT_TELEGRAM_USERS: `${YARD},${MAX}` });
  const { max, where } = await yardOf(app);
  max.sends("/queue", where);
  await said(app, "The queue is empty", YARD);
  max.sends("/queue");
  await said(app, "The queue is empty", MAX);
  const offered = (scope: string) =>
    app.api.commands(scope).flatMap(({ command, is_ephemeral }) => (is_ephemeral ? command : []));
  expect(offered(`chat:${YARD}`)).toEqual(["queue", "status", "settings"]);
  expect(offered(`chat:${MAX}`)).toEqual([]);
});

test("an aside counts among the 20 messages a minute that a group takes, and is answered in its turn", async () => {
  const clock = createClock();
  const mayRefuse = /to be replied not found|BOT_NOT_ADMIN/;
  await using app = await startTestApp(LATER, { now: clock.now, wait: clock.wait, mostInGroups: 20, mayRefuse });
  const { yard, lena, where, asks } = await yardOf(app);
  for (let n = 1; n <= 19; n++) lena.sends("/help", where);
  await app.api.message(yard, () => inPublic(app).length === 19);
  asks("/queue");
  await clock.sleeping(MINUTE_MS);
  clock.advance(MINUTE_MS);
  await said(app, "The queue is empty");
  expect(inPublic(app)).toHaveLength(19);
  expect(app.api.calls.filter(({ response }) => response?.status === 429)).toEqual([]);
});
