import { describe, expect, test } from "bun:test";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";
import type { ChatRef } from "../support/bot-api/waits.ts";
import { choose } from "../support/choosing.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const YARD = -500;
/** 15:00:30 in Moscow, 13:00:30 in Berlin, 22:00:30 in Vladivostok. */
const AFTERNOON = Date.UTC(2026, 10, 23, 12, 0, 30);
const ENV = {
  DWLD_BOT_DISPATCH_DELAY: "1h",
  DWLD_BOT_TIME_ZONE: "Europe/Moscow",
  DWLD_BOT_TELEGRAM_USERS: `${USER},${YARD}`,
};
const AT = { now: () => AFTERNOON };

const said = (app: TestApp, chat: ChatRef, ...parts: string[]) =>
  app.api.message(chat, (message) => message.byBot && parts.every((part) => isAbout(message, part)), {
    what: parts.join(" and "),
  });
const ann = (app: TestApp, languageCode = "en") => app.api.user({ id: USER, username: "ann", languageCode });

describe("a chat's time zone", () => {
  test("is the config's until it is chosen in /settings, where the choice is marked", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app, "ru");
    person.sends("/settings");
    const { id } = await said(app, person, "Часовой пояс: Europe/Moscow (как решил владелец), сейчас 15:00");
    await person.presses(id, "🕑 Часовой пояс");
    const marked = ({ buttons }: { buttons: readonly (readonly { text: string }[])[] }) =>
      buttons.flat().flatMap(({ text }) => (text.startsWith("✅ ") ? [text] : []));
    const panel = await app.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text === "Берлин"));
    expect([panel.id, marked(panel)]).toEqual([id, ["✅ Как решил владелец"]]);
    await person.presses(id, "Берлин");
    await said(app, person, "Часовой пояс: Europe/Berlin, сейчас 13:00", "Качество по умолчанию");
    await person.presses(id, "🕑 Часовой пояс");
    await app.api.message(person, (message) => marked(message).join() === "✅ Берлин");
    await person.presses(id, "Назад");
    await said(app, person, "Часовой пояс: Europe/Berlin, сейчас 13:00", "Качество по умолчанию");
    await app.restart();
    person.sends(VIDEO);
    await said(app, person, VIDEO, "Уйдёт в 14:00");
  });

  test("can be typed, and an unknown one changes nothing", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends("/settings");
    const { id } = await said(app, person, "Time zone: Europe/Moscow (as the owner chose), 15:00 now");
    await person.presses(id, "Time zone");
    await app.api.message(person, ({ buttons }) => buttons.flat().some(({ text }) => text === "Another time zone"));
    await person.presses(id, "Another time zone");
    const question = await said(app, person, "Which time zone?");
    person.sends("Atlantis", { replyTo: question.id });
    await said(app, person, "I do not know this time zone. Nothing was changed.");
    await person.presses(id, "Another time zone");
    await app.api.message(person, (message) => message.id > question.id && message.text.startsWith("Which time zone?"));
    person.sends("екатеринбург");
    await said(app, person, "Time zone: Asia/Yekaterinburg, 17:00 now");
    person.sends("/settings new york");
    await said(app, person, "Time zone: America/New_York, 07:00 now");
    person.sends("/settings UTC+5:30");
    await said(app, person, "Time zone: UTC+05:30, 17:30 now");
  });

  test("applies to its prompts, to tonight and tomorrow, to typed times, and to /done", async () => {
    await using app = await startTestApp(ENV, AT);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("/settings Asia/Vladivostok");
    await said(app, person, "Time zone: Asia/Vladivostok, 22:00 now");
    person.sends(VIDEO);
    const prompt = await said(app, person, VIDEO, "Sends at 23:00");
    await person.presses(prompt.id, "Tonight, 02:00");
    await said(app, person, VIDEO, "Sends at 02:00");
    expect(nas.accepted).toEqual([]);
    await choose(app.api, { person, promptId: prompt.id, panel: "More", choice: "Tomorrow, 09:00" });
    await said(app, person, VIDEO, "Sends at 09:00");
    person.sends("22:30", { replyTo: prompt.id });
    await said(app, person, VIDEO, "Sends at 22:30");
    await person.presses(prompt.id, "Now");
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    await said(app, person, "is ready");
    person.sends("/done");
    await said(app, person, "watch?v=1", "22:00 · nas");
  });

  test("decides when its news is silent", async () => {
    await using app = await startTestApp({ ...ENV, DWLD_BOT_DISPATCH_DELAY: "0s" }, AT);
    const nas = await app.downloader({ name: "nas" });
    const person = ann(app);
    person.sends("/settings Asia/Vladivostok");
    await said(app, person, "22:00 now");
    person.sends("/settings");
    const { id } = await said(app, person, "Settings of this chat");
    await person.presses(id, "22:00–07:00");
    await said(app, person, "Quiet hours, without a sound: 22:00–07:00");
    person.sends(VIDEO);
    await nas.accepts(VIDEO);
    nas.finish(VIDEO);
    await said(app, person, "is ready");
    const told = app.api.calls.find(({ params }) => String(params.text).includes("is ready"));
    expect(told?.params.disable_notification).toBe(true);
  });

  test("of a group can be changed only by its admins, and stays when the group becomes a supergroup", async () => {
    await using app = await startTestApp(ENV, AT);
    const yard = app.api.group({ id: YARD, title: "Yard" });
    const person = ann(app);
    const max = app.api.user({ id: 2001, username: "max", languageCode: "en" });
    yard.promotes(max);
    person.sends("/settings UTC+1", { in: yard });
    await said(app, yard, "Only the admins of this group can change its settings.");
    max.sends("/settings UTC+1", { in: yard });
    await said(app, yard, "Time zone: UTC+01:00, 13:00 now");
    const grown = yard.upgrades(-1_001_000_000_500);
    max.sends("/settings", { in: grown });
    await said(app, grown, "Time zone: UTC+01:00, 13:00 now");
  });

  test("is forgotten together with a person's data", async () => {
    await using app = await startTestApp(ENV, AT);
    const person = ann(app);
    person.sends("/settings Berlin");
    await said(app, person, "Time zone: Europe/Berlin, 13:00 now");
    person.sends("/settings");
    const { id } = await said(app, person, "Settings of this chat");
    await person.presses(id, "Forget my data");
    await said(app, person, "Forget everything I keep about you?");
    await person.presses(id, "Yes, forget");
    await said(app, person, "Forgotten: ");
    person.sends("/settings");
    await said(app, person, "Time zone: Europe/Moscow (as the owner chose), 15:00 now");
  });
});
