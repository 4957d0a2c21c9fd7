import { describe, expect, test } from "bun:test";
import { ADMIN, startTestApp, type TestApp } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";

const YARD = -1_001_000_000_500;
const [MAX, LENA] = [2001, 2002];
const LATER = { DWLD_BOT_DISPATCH_DELAY: "1h", DWLD_BOT_TELEGRAM_USERS: String(YARD) };
const FOR_ADMINS = "Only the admins of this group can change its settings.";

const said = (app: TestApp, chat: ChatRef, part: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, part), { what: `a message with "${part}"` });
const asked = (app: TestApp) => app.api.calls.filter(({ method }) => method === "getChatAdministrators").length;

function yardOf(app: TestApp) {
  const yard = app.api.group({ id: YARD, title: "Yard", forum: true });
  const max = app.api.user({ id: MAX, username: "max", languageCode: "en" });
  const lena = app.api.user({ id: LENA, username: "lena", languageCode: "en" });
  return { yard, max, lena, where: { in: yard } };
}

describe("a group's settings", () => {
  test("can be changed by its admins and the bot's, and others are told so", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, lena, where } = yardOf(app);
    yard.promotes(max);
    lena.sends("/settings", where);
    await said(app, yard, FOR_ADMINS);
    max.sends("/settings", where);
    const settings = await said(app, yard, "Settings of this chat");
    expect(await lena.presses(settings.id, "720p", where)).toMatchObject({ text: FOR_ADMINS, showAlert: true });
    expect((await said(app, yard, "Settings of this chat")).text).toContain("Default quality: best");
    await max.presses(settings.id, "720p", where);
    await said(app, yard, "Default quality: 720p");
    const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
    await boss.presses(settings.id, "480p", where);
    await said(app, yard, "Default quality: 480p");
    expect(asked(app)).toBe(1);
  });

  test("can be changed by an anonymous admin, and by somebody who becomes an admin", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, lena, where } = yardOf(app);
    max.sends("/settings", { ...where, anonymous: true });
    const settings = await said(app, yard, "Settings of this chat");
    expect((await lena.presses(settings.id, "720p", where)).showAlert).toBe(true);
    yard.promotes(lena);
    await lena.presses(settings.id, "720p", where);
    await said(app, yard, "Default quality: 720p");
    yard.demotes(lena);
    expect((await lena.presses(settings.id, "480p", where)).showAlert).toBe(true);
  });

  test("cannot be changed while Telegram does not say who is an admin, and Telegram is asked again", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, where } = yardOf(app);
    yard.promotes(max);
    app.api.fail("getChatAdministrators", { kind: "answer", status: 500, body: {} }, { times: 1 });
    max.sends("/settings", where);
    await said(app, yard, FOR_ADMINS);
    max.sends("/settings", where);
    await said(app, yard, "Settings of this chat");
  });
});

describe("a group's language", () => {
  test("is that of the person who added the bot, until an admin chooses another", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, where } = yardOf(app);
    const olga = app.api.user({ id: 2003, username: "olga", languageCode: "ru" });
    yard.isJoinedBy(olga);
    max.sends("/start", where);
    await said(app, yard, "Присылайте ссылки");
    olga.sends("/queue", where);
    await said(app, yard, "Очередь пуста");
    max.sends("https://a.example/1", where);
    await said(app, yard, "Качество");
    yard.promotes(max);
    max.sends("/settings", where);
    await max.presses((await said(app, yard, "Настройки этого чата")).id, "English", where);
    await said(app, yard, "Settings of this chat");
    olga.sends("/help", where);
    await said(app, yard, "/queue —");
    expect(app.api.messages(yard).filter(({ byBot, text }) => byBot && text.includes("ваши ссылки"))).toEqual([]);
  });

  test("is that of the first speaker in a group that had the bot before", async () => {
    await using app = await startTestApp(LATER);
    const { yard, max, where } = yardOf(app);
    const olga = app.api.user({ id: 2003, username: "olga", languageCode: "ru" });
    olga.sends("/queue", where);
    await said(app, yard, "Очередь пуста");
    await app.restart();
    max.sends("/start", where);
    await said(app, yard, "Присылайте ссылки");
  });

  test("goes along when the group becomes a supergroup, whoever makes it one", async () => {
    const COURT = -500;
    const env = { ...LATER, DWLD_BOT_TELEGRAM_USERS: String(COURT) };
    await using app = await startTestApp(env, { mayRefuse: /group chat was upgraded/ });
    const court = app.api.group({ id: COURT, title: "Court" });
    const olga = app.api.user({ id: 2003, username: "olga", languageCode: "ru" });
    court.isJoinedBy(olga);
    olga.sends("https://a.example/1", { in: court });
    await said(app, court, "Качество");
    const grown = court.upgrades(-1_001_000_000_501);
    await said(app, grown, "Качество");
    olga.sends("/help", { in: grown });
    await said(app, grown, "ваши ссылки");
    await app.restart();
    olga.sends("/queue", { in: grown });
    await said(app, grown, "1 ссылка");
  });

  test("also goes along if Telegram says last that the bot is in the supergroup, but not over a time without the bot", async () => {
    const COURT = -500;
    const env = { ...LATER, DWLD_BOT_TELEGRAM_USERS: String(COURT) };
    await using app = await startTestApp(env, { mayRefuse: /group chat was upgraded/ });
    const court = app.api.group({ id: COURT, title: "Court" });
    const olga = app.api.user({ id: 2003, username: "olga", languageCode: "ru" });
    const max = app.api.user({ id: 2004, username: "max", languageCode: "en" });
    court.isJoinedBy(olga);
    olga.sends("https://a.example/1", { in: court });
    await said(app, court, "Качество");
    const grown = court.upgrades(-1_001_000_000_502);
    max.sends("hello", { in: grown });
    grown.isJoinedBy(max);
    olga.sends("/help", { in: grown });
    await said(app, grown, "ваши ссылки");
    grown.expels();
    grown.isJoinedBy(max);
    olga.sends("/help", { in: grown });
    await said(app, grown, "your links");
  });
});
