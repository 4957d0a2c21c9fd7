import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { newsIsKnown } from "../support/stored.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const HOUR_MS = 3_600_000;
const ABROAD = "[{ match: youtube.com, downloaders: [abroad], open: '02:00-07:00' }]";
const ENV = { DWLD_BOT_TIME_ZONE: "Europe/Moscow", DWLD_BOT_DISPATCH_WINDOWS: ABROAD };
/** 20:00 in Moscow. */
const EVENING = Date.UTC(2026, 10, 23, 17);
const WAITS = "Sends at 02:00: “abroad” takes such links 02:00–07:00";

const said = (app: TestApp, chat: ChatRef, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" and "),
  });
const handedOver = (server: { readonly calls: readonly { readonly method: string }[] }) =>
  server.calls.filter(({ method }) => method === "SetToQueue").length;

describe("a server whose window for such links is at night", () => {
  test("gets an evening's link when its window opens, and the prompt says so until then", async () => {
    let now = EVENING;
    await using app = await startTestApp(ENV, { now: () => now });
    const abroad = await app.downloader({ name: "abroad" });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, `⏳ ${WAITS}`);
    expect((await person.presses(prompt.id, "Now")).text).toBe(WAITS);
    person.sends("at 23:00", { replyTo: prompt.id });
    await app.api.message(person, ({ byBot, text }) => byBot && text === WAITS);
    expect(handedOver(abroad)).toBe(0);
    now += 6 * HOUR_MS;
    await abroad.accepts(VIDEO);
    await app.api.gone(person, prompt.id);
  });

  test("has its hours shown in the chat's time zone and language", async () => {
    await using app = await startTestApp(ENV, { now: () => EVENING });
    await app.downloader({ name: "abroad" });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "ru" });
    person.sends("/settings Asia/Yekaterinburg");
    await said(app, person, "Часовой пояс: Asia/Yekaterinburg, сейчас 22:00");
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Уйдёт в 04:00: «abroad» берёт такие ссылки с 04:00 до 09:00");
    const now = await person.presses(prompt.id, "Сейчас");
    expect(now.text).toBe("Уйдёт в 04:00: «abroad» берёт такие ссылки с 04:00 до 09:00");
  });

  test("does not hold up a link that another server takes, and gets other links at any time", async () => {
    await using app = await startTestApp(ENV, { now: () => EVENING });
    const abroad = await app.downloader({ name: "abroad" });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    person.sends("https://vimeo.com/1");
    await abroad.accepts("https://vimeo.com/1");
    const nas = await app.downloader({ name: "nas", roots: ["youtube.com"] });
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    expect(abroad.accepted).toEqual(["https://vimeo.com/1"]);
  });

  test("does not open for an admin either, and /where says when it opens", async () => {
    await using app = await startTestApp(ENV, { now: () => EVENING });
    const abroad = await app.downloader({ name: "abroad" });
    const boss = app.api.user({ id: ADMIN, username: "boss", languageCode: "en" });
    boss.sends(VIDEO);
    const prompt = await said(app, boss, VIDEO, WAITS);
    expect((await boss.presses(prompt.id, "Now")).text).toBe(WAITS);
    boss.sends(`/where ${VIDEO}`);
    const where = await said(app, boss, "– abroad · takes * · not now: takes such links 02:00–07:00");
    expect(where.text).toContain(`(@boss): ⏳ ${WAITS}`);
    expect(handedOver(abroad)).toBe(0);
  });

  test("is not promised a retried link outside its hours: the answer says when it opens", async () => {
    let now = EVENING + 7 * HOUR_MS;
    await using app = await startTestApp({ ...ENV, DWLD_BOT_DISPATCH_MAX_ATTEMPTS: "1" }, { now: () => now });
    const abroad = await app.downloader({ name: "abroad", mode: { code: status.UNKNOWN, details: "disk is full" } });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    person.sends(VIDEO);
    const notice = await said(app, person, "Could not send", "disk is full");
    await newsIsKnown(app);
    abroad.mode = "ok";
    now += 17 * HOUR_MS;
    expect((await person.presses(notice.id, "Retry")).text).toBe(WAITS);
    await said(app, person, VIDEO, `⏳ ${WAITS}`);
    expect(abroad.accepted).toEqual([]);
  });

  test("gets a waiting link when the window has opened during a restart", async () => {
    let now = EVENING;
    await using app = await startTestApp(ENV, { now: () => now });
    const abroad = await app.downloader({ name: "abroad" });
    const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
    person.sends(VIDEO);
    await said(app, person, VIDEO, WAITS);
    await app.stop();
    now += 7 * HOUR_MS;
    await app.restart();
    await abroad.accepts(VIDEO);
  });
});
